/* Answers once rightly, once more with something else. */
#include "raw_plugin.h"

static void probe(void *self, fairlead_str request, const fairlead_call *call) {
  (void)self;
  (void)request;
  answer(call, "{\"engine\":\"first\"}");
  answer(call, "{\"engine\":\"second\"}");
}
static const fairlead_backend raw_backend = {.size = sizeof raw_backend, .probe = probe};
RAW_PLUGIN("done_twice");
