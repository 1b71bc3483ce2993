/* Crashes in an operation. */
#include "raw_plugin.h"

static void probe(void *self, fairlead_str request, const fairlead_call *call) {
  volatile char *nowhere = NULL;
  (void)self;
  (void)request;
  (void)call;
  *nowhere = 1;
}
static const fairlead_backend raw_backend = {.size = sizeof raw_backend, .probe = probe};
RAW_PLUGIN("segfaults");
