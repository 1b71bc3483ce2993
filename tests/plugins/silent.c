/* Never answers. */
#include "raw_plugin.h"

static void probe(void *self, fairlead_str request, const fairlead_call *call) {
  (void)self;
  (void)request;
  (void)call;
}
static const fairlead_backend raw_backend = {.size = sizeof raw_backend, .probe = probe};
RAW_PLUGIN("silent");
