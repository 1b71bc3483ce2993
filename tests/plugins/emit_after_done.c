/* Goes on talking after its answer. */
#include "raw_plugin.h"

static void probe(void *self, fairlead_str request, const fairlead_call *call) {
  (void)self;
  (void)request;
  call->emit(call, text("{\"output\":\"before\"}"));
  answer(call, "{\"engine\":\"chatty\"}");
  call->emit(call, text("{\"output\":\"after\"}"));
}
static const fairlead_backend raw_backend = {.size = sizeof raw_backend, .probe = probe};
RAW_PLUGIN("emit_after_done");
