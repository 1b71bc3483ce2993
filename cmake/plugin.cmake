# fairlead_add_plugin(NAME MANIFEST file SOURCES ... [LINK ...] [OUTPUT_NAME name]
#                     [OUTPUT_DIRECTORY dir] [ABI_ONLY])
#
# Builds NAME.so as a plugin has to be built: hidden visibility, no unresolved symbols, and a version
# script that leaves exactly one export (hidden visibility alone leaks libstdc++'s weak and unique
# symbols). The manifest lands beside it. ABI_ONLY leaves the SDK's library out, for a plugin on
# fairlead/abi.h alone. A CTest checks the export when testing is on. Part of the installed SDK.
function(fairlead_add_plugin name)
  cmake_parse_arguments(arg "ABI_ONLY" "MANIFEST;OUTPUT_NAME;OUTPUT_DIRECTORY" "SOURCES;LINK" ${ARGN})
  if(NOT arg_OUTPUT_DIRECTORY)
    set(arg_OUTPUT_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}")
    if(FAIRLEAD_PLUGIN_OUTPUT_DIR)
      set(arg_OUTPUT_DIRECTORY "${FAIRLEAD_PLUGIN_OUTPUT_DIR}")
    endif()
  endif()
  if(NOT arg_OUTPUT_NAME)
    string(REGEX REPLACE "^plugin_" "" arg_OUTPUT_NAME "${name}")
    string(REPLACE "_" "-" arg_OUTPUT_NAME "${arg_OUTPUT_NAME}")
  endif()
  add_library(${name} MODULE ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE $<IF:$<BOOL:${arg_ABI_ONLY}>,fairlead::abi,fairlead::sdk>
    ${arg_LINK})
  set(script "${CMAKE_CURRENT_BINARY_DIR}/${name}.map")
  file(CONFIGURE OUTPUT "${script}" CONTENT "{ global: fairlead_plugin_v1; local: *; };\n")
  set_target_properties(${name} PROPERTIES
    PREFIX "" OUTPUT_NAME "${arg_OUTPUT_NAME}" LIBRARY_OUTPUT_DIRECTORY "${arg_OUTPUT_DIRECTORY}"
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS "${script}")
  target_link_options(${name} PRIVATE "LINKER:--version-script=${script}")
  if(NOT FAIRLEAD_SANITIZE)  # whose symbols are the program's: a plugin cannot resolve them itself
    target_link_options(${name} PRIVATE LINKER:-z,defs)
  endif()
  if(arg_MANIFEST)
    get_filename_component(manifest "${arg_MANIFEST}" ABSOLUTE)
    set_target_properties(${name} PROPERTIES
      FAIRLEAD_MANIFEST "${arg_OUTPUT_DIRECTORY}/${arg_OUTPUT_NAME}.plugin.toml")
    add_custom_command(TARGET ${name} POST_BUILD COMMAND ${CMAKE_COMMAND} -E copy_if_different
      "${manifest}" "${arg_OUTPUT_DIRECTORY}/${arg_OUTPUT_NAME}.plugin.toml")
  endif()
  if(BUILD_TESTING OR FAIRLEAD_BUILD_TESTS)
    # Versioned names of the linker's own have an `A` for absolute; a sanitizer adds data of its own.
    add_test(NAME plugin.${arg_OUTPUT_NAME}.exports_one_symbol COMMAND sh -c
      "test \"$(nm -D --defined-only '$<TARGET_FILE:${name}>' | awk '$2 != \"A\" && $3 !~ /^__(asan|ubsan|tsan|lsan|odr_asan)/ {print $3}')\" = fairlead_plugin_v1")
    set_tests_properties(plugin.${arg_OUTPUT_NAME}.exports_one_symbol PROPERTIES LABELS unit TIMEOUT 10)
  endif()
endfunction()

# fairlead_install_plugin(NAME [DESTINATION dir] [COMPONENT name])
#
# Installs a plugin with its manifest, by default to where an installed fairlead looks.
function(fairlead_install_plugin name)
  cmake_parse_arguments(arg "" "DESTINATION;COMPONENT" "" ${ARGN})
  if(NOT arg_DESTINATION)
    include(GNUInstallDirs)
    set(arg_DESTINATION "${CMAKE_INSTALL_LIBDIR}/fairlead/plugins")
  endif()
  if(NOT arg_COMPONENT)
    set(arg_COMPONENT plugins)
  endif()
  install(TARGETS ${name} LIBRARY DESTINATION "${arg_DESTINATION}" COMPONENT ${arg_COMPONENT})
  get_target_property(manifest ${name} FAIRLEAD_MANIFEST)
  if(manifest)
    install(FILES "${manifest}" DESTINATION "${arg_DESTINATION}" COMPONENT ${arg_COMPONENT})
  endif()
endfunction()

# fairlead_add_conformance(NAME [FILE plugin.so] [OPTIONS ...])
#
# Registers the conformance kit on the plugin that the target NAME builds as the test `kit.NAME`.
# OPTIONS are those of fairlead-conformance, such as --image.
function(fairlead_add_conformance name)
  cmake_parse_arguments(arg "" "FILE" "OPTIONS" ${ARGN})
  if(NOT arg_FILE)
    set(arg_FILE "$<TARGET_FILE:${name}>")
  endif()
  add_test(NAME kit.${name}
    COMMAND "$<TARGET_FILE:fairlead::fairlead-conformance>" "${arg_FILE}" ${arg_OPTIONS})
  set_tests_properties(kit.${name} PROPERTIES LABELS unit TIMEOUT 300)
endfunction()
