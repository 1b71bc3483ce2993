# Every target of ours links this; whether warnings are errors is the preset's decision.
add_library(fairlead_warnings INTERFACE)
add_library(fairlead::warnings ALIAS fairlead_warnings)
target_compile_options(fairlead_warnings INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wpedantic;-Wshadow;-Wconversion;-Wnon-virtual-dtor;-Wold-style-cast;-Woverloaded-virtual>
  $<$<COMPILE_LANGUAGE:C>:-Wall;-Wextra;-Wpedantic;-Wshadow;-Wconversion>)
