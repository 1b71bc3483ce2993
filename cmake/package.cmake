# What is installed and packed: `fairlead` (programs, plugins, data) and `fairlead-sdk` (what plugin
# authors build against). The installed tree has the layout of the build tree.
include(CMakePackageConfigHelpers)

set(sdk_cmake_dir "${CMAKE_INSTALL_LIBDIR}/cmake/fairlead-sdk")
set(sdk_targets fairlead_abi fairlead_sdk fairlead_conformance fairlead-conformance)
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
"include(\"\${CMAKE_CURRENT_LIST_DIR}/fairlead-sdk-targets.cmake\")
include(\"\${CMAKE_CURRENT_LIST_DIR}/plugin.cmake\")
" @ONLY)
# The ABI promises more than the C++ library does: before 1.0 a minor version may break sources.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/fairlead-sdk-config-version.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/fairlead-sdk-config.cmake"
  "${PROJECT_BINARY_DIR}/fairlead-sdk-config-version.cmake" "${PROJECT_SOURCE_DIR}/cmake/plugin.cmake"
  DESTINATION "${sdk_cmake_dir}" COMPONENT sdk)

install(TARGETS fairlead-plugin-probe
  RUNTIME DESTINATION "${CMAKE_INSTALL_LIBEXECDIR}/fairlead" COMPONENT core)
install(TARGETS fairlead_http fairlead_archive
  LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}/fairlead/core" COMPONENT core)
if(TARGET fairlead_engine_tls)
  install(TARGETS fairlead_engine_tls
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}/fairlead/engine" COMPONENT core)
endif()
foreach(plugin plugin_docker plugin_compose plugin_podman plugin_ssh)
  if(TARGET ${plugin})
    fairlead_install_plugin(${plugin} DESTINATION "${FAIRLEAD_PLUGIN_DIR}" COMPONENT core)
  endif()
endforeach()

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
set(CPACK_COMPONENTS_ALL core sdk embed)
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
set(CPACK_COMPONENT_CORE_DESCRIPTION "Orchestration of development containers on any runtime")
set(CPACK_COMPONENT_EMBED_DESCRIPTION "fairlead's engine for other programs: library and headers")
set(CPACK_COMPONENT_SDK_DESCRIPTION "What plugins for fairlead are built with")
include(CPack)
