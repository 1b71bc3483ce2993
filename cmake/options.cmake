# What is built and where it lands in the build tree: the same layout as after installation, so that
# build/<preset>/bin/fairlead works in place.
option(FAIRLEAD_BUILD_PLUGINS "Build fairlead's own plugins" ${PROJECT_IS_TOP_LEVEL})
option(FAIRLEAD_BUILD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(FAIRLEAD_BUILD_BENCH "Build the benchmarks" ${PROJECT_IS_TOP_LEVEL})
option(FAIRLEAD_BUILD_FUZZ "Build the fuzz targets (needs clang)" OFF)
option(FAIRLEAD_PRECOMPILE "Precompile the heavy headers (for sanitizer builds with clang)" OFF)
set(FAIRLEAD_SANITIZE "" CACHE STRING "Sanitizers for everything built, as -fsanitize= takes them")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 99)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
set(FAIRLEAD_PLUGIN_DIR "${CMAKE_INSTALL_LIBDIR}/fairlead/plugins")
set(FAIRLEAD_PLUGIN_OUTPUT_DIR "${PROJECT_BINARY_DIR}/lib/fairlead/plugins")
set(FAIRLEAD_DATA_OUTPUT_DIR "${PROJECT_BINARY_DIR}/share/fairlead")

# Objects are the same in whatever folder the sources lie, so that every clone shares one cache.
find_program(FAIRLEAD_CCACHE ccache)
if(FAIRLEAD_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(launcher env "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=1)
  if(FAIRLEAD_PRECOMPILE)  # or it would keep nothing that uses such a header
    list(APPEND launcher CCACHE_SLOPPINESS=pch_defines,time_macros)
  endif()
  list(APPEND launcher "${FAIRLEAD_CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER "${launcher}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${launcher}")
endif()
if(FAIRLEAD_SANITIZE)
  add_compile_options(-fsanitize=${FAIRLEAD_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${FAIRLEAD_SANITIZE})
endif()
