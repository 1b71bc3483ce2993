# What is installed and packed: `fairlead` (programs, plugins, data) and `fairlead-sdk` (what plugin
# authors build against). The installed tree has the layout of the build tree.
include(CMakePackageConfigHelpers)

set(sdk_cmake_dir "${CMAKE_INSTALL_LIBDIR}/cmake/fairlead-sdk")
set(sdk_targets fairlead_abi fairlead_sdk fairlead_conformance fairlead_oci fairlead-conformance)
set(sdk_headers "${PROJECT_SOURCE_DIR}/sdk/include/" "${PROJECT_SOURCE_DIR}/sdk/conformance/include/")
if(TARGET fairlead_engine)
  list(APPEND sdk_targets fairlead_engine)
  list(APPEND sdk_headers "${PROJECT_SOURCE_DIR}/plugins/engine/include/")
endif()
install(TARGETS ${sdk_targets} EXPORT fairlead-sdk
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT sdk
  RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT sdk)
install(DIRECTORY ${sdk_headers} DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT sdk
  FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
install(EXPORT fairlead-sdk NAMESPACE fairlead:: FILE fairlead-sdk-targets.cmake
  DESTINATION "${sdk_cmake_dir}" COMPONENT sdk)
file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/fairlead-sdk-config.cmake" CONTENT
"if(\"oci\" IN_LIST fairlead-sdk_FIND_COMPONENTS)
  include(CMakeFindDependencyMacro)
  find_dependency(LibArchive)
  find_dependency(OpenSSL)
endif()
include(\"\${CMAKE_CURRENT_LIST_DIR}/fairlead-sdk-targets.cmake\")
include(\"\${CMAKE_CURRENT_LIST_DIR}/plugin.cmake\")
" @ONLY)
# The ABI promises more than the C++ library does: before 1.0 a minor version may break sources.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/fairlead-sdk-config-version.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/fairlead-sdk-config.cmake"
  "${PROJECT_BINARY_DIR}/fairlead-sdk-config-version.cmake" "${PROJECT_SOURCE_DIR}/cmake/plugin.cmake"
  DESTINATION "${sdk_cmake_dir}" COMPONENT sdk)

install(TARGETS fairlead-plugin-probe fairlead-plugin-host fairlead-host-shell
  RUNTIME DESTINATION "${CMAKE_INSTALL_LIBEXECDIR}/fairlead" COMPONENT core)
install(TARGETS fairlead_http fairlead_archive
  LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}/fairlead/core" COMPONENT core)
if(TARGET fairlead_engine_tls)
  install(TARGETS fairlead_engine_tls
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}/fairlead/engine" COMPONENT core)
endif()
set(plugin_components)  # a package each
foreach(name docker compose podman ssh)
  if(TARGET plugin_${name})
    fairlead_install_plugin(plugin_${name} DESTINATION "${FAIRLEAD_PLUGIN_DIR}" COMPONENT ${name})
    list(APPEND plugin_components ${name})
  endif()
endforeach()
if(TARGET plugin_ssh_remote)  # what ssh reaches, as an environment: in the same package
  fairlead_install_plugin(plugin_ssh_remote DESTINATION "${FAIRLEAD_PLUGIN_DIR}" COMPONENT ssh)
endif()

if(FAIRLEAD_BUILD_TESTS)
  # The example of an out-of-tree plugin, against what would be installed, with both compilers.
  foreach(compiler g++ clang++)
    find_program(FAIRLEAD_TEMPLATE_${compiler} ${compiler})
    if(FAIRLEAD_TEMPLATE_${compiler} AND NOT FAIRLEAD_SANITIZE)
      add_test(NAME package.template.${compiler} COMMAND ${CMAKE_COMMAND}
        "-DBUILD=${PROJECT_BINARY_DIR}" "-DSOURCE=${PROJECT_SOURCE_DIR}/sdk/template"
        "-DCOMPILER=${FAIRLEAD_TEMPLATE_${compiler}}"
        "-DWORK=${PROJECT_BINARY_DIR}/template/${compiler}"
        "-DPROBE=$<TARGET_FILE:fairlead-plugin-probe>"
        -P "${PROJECT_SOURCE_DIR}/cmake/test_template.cmake")
      set_tests_properties(package.template.${compiler} PROPERTIES LABELS package TIMEOUT 300)
    endif()
  endforeach()
endif()

set(CPACK_PACKAGE_NAME fairlead)
set(CPACK_PACKAGE_VENDOR "fairlead")
set(CPACK_PACKAGE_CONTACT "The fairlead maintainers")
set(CPACK_GENERATOR DEB TGZ)
set(CPACK_COMPONENTS_ALL core sdk embed ${plugin_components})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_ARCHIVE_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_CORE_PACKAGE_NAME fairlead)
set(CPACK_DEBIAN_CORE_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_EMBED_PACKAGE_NAME libfairlead-dev)
set(CPACK_DEBIAN_EMBED_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_SDK_PACKAGE_NAME fairlead-sdk)
set(CPACK_DEBIAN_SDK_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_SDK_PACKAGE_DEPENDS "fairlead (= ${PROJECT_VERSION}), cmake, g++")
set(CPACK_DEBIAN_EMBED_PACKAGE_DEPENDS "fairlead (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_SDK_PACKAGE_SUGGESTS "libarchive-dev, libssl-dev")
set(recommended)
foreach(name ${plugin_components})
  string(TOUPPER ${name} upper)
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME fairlead-${name})
  set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION utils)
  set(CPACK_DEBIAN_${upper}_PACKAGE_DEPENDS "fairlead (= ${PROJECT_VERSION})")
  set(CPACK_COMPONENT_${upper}_DESCRIPTION "fairlead's plugin for ${name}")
  list(APPEND recommended fairlead-${name})
endforeach()
list(JOIN recommended ", " CPACK_DEBIAN_CORE_PACKAGE_RECOMMENDS)
set(CPACK_COMPONENT_CORE_DESCRIPTION "Orchestration of development containers on any runtime")
set(CPACK_COMPONENT_EMBED_DESCRIPTION "fairlead's engine for other programs: library and headers")
set(CPACK_COMPONENT_SDK_DESCRIPTION "What plugins for fairlead are built with")
include(CPack)
