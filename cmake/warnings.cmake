# Every target of ours links this; whether warnings are errors is the preset's decision. Designated
# initialisers name what matters and leave the rest to the defaults: that is not a missing field.
# g++ 12 sees overlapping memory in std::string's operator+ at -O2 and up (GCC bug 105651).
add_library(fairlead_warnings INTERFACE)
add_library(fairlead::warnings ALIAS fairlead_warnings)
target_compile_options(fairlead_warnings INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wpedantic;-Wshadow;-Wconversion;-Wnon-virtual-dtor;-Wold-style-cast;-Woverloaded-virtual;-Wno-missing-field-initializers;$<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>>
  $<$<COMPILE_LANGUAGE:C>:-Wall;-Wextra;-Wpedantic;-Wshadow;-Wconversion>)
