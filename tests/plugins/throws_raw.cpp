// Throws through the C boundary, with nothing around it.
#include "raw_plugin.h"

namespace {

void probe(void* /*self*/, fairlead_str /*request*/, const fairlead_call* /*call*/) { throw 42; }

fairlead_backend table() {
  fairlead_backend made{};
  made.size = sizeof made;
  made.probe = probe;
  return made;
}

const fairlead_backend raw_backend = table();

}  // namespace

RAW_PLUGIN("throws_raw");
