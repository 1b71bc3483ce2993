/* Built on the frozen header of 1.0, with a table from before `stop` was thought of. */
#include "raw_plugin.h"

static void probe(void *self, fairlead_str request, const fairlead_call *call) {
  (void)self;
  (void)request;
  answer(call, "{\"engine\":\"old\"}");
}
static const fairlead_backend raw_backend = {.size = offsetof(fairlead_backend, stop),
                                             .probe = probe};
RAW_PLUGIN("short_table");
