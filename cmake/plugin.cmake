# fairlead_add_plugin(NAME MANIFEST file SOURCES ... [LINK ...] [OUTPUT_DIRECTORY dir])
#
# Builds NAME.so as a plugin has to be built: hidden visibility, no unresolved symbols, and a version
# script that leaves exactly one export (hidden visibility alone leaks libstdc++'s weak and unique
# symbols). The manifest lands beside it. A CTest checks the export when tests are on.
function(fairlead_add_plugin name)
  cmake_parse_arguments(arg "" "MANIFEST;OUTPUT_DIRECTORY" "SOURCES;LINK" ${ARGN})
  if(NOT arg_OUTPUT_DIRECTORY)
    set(arg_OUTPUT_DIRECTORY "${FAIRLEAD_PLUGIN_OUTPUT_DIR}")
  endif()
  add_library(${name} MODULE ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE fairlead::sdk ${arg_LINK})
  set(script "${CMAKE_CURRENT_BINARY_DIR}/${name}.map")
  file(WRITE "${script}" "{ global: fairlead_plugin_v1; local: *; };\n")
  string(REGEX REPLACE "^plugin_" "" output "${name}")
  string(REPLACE "_" "-" output "${output}")
  set_target_properties(${name} PROPERTIES
    PREFIX "" OUTPUT_NAME "${output}" LIBRARY_OUTPUT_DIRECTORY "${arg_OUTPUT_DIRECTORY}"
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS "${script}")
  target_link_options(${name} PRIVATE "-Wl,--version-script=${script}"
    $<$<NOT:$<BOOL:${FAIRLEAD_SANITIZE}>>:-Wl,-z,defs>)
  if(arg_MANIFEST)
    add_custom_command(TARGET ${name} POST_BUILD COMMAND ${CMAKE_COMMAND} -E copy_if_different
      "${CMAKE_CURRENT_SOURCE_DIR}/${arg_MANIFEST}" "${arg_OUTPUT_DIRECTORY}/${output}.plugin.toml")
  endif()
  if(FAIRLEAD_BUILD_TESTS)
    add_test(NAME plugin.${output}.exports_one_symbol COMMAND sh -c
      "test \"$(nm -D --defined-only '$<TARGET_FILE:${name}>' | awk '{print $3}')\" = fairlead_plugin_v1")
    set_tests_properties(plugin.${output}.exports_one_symbol PROPERTIES LABELS unit TIMEOUT 10)
  endif()
endfunction()
