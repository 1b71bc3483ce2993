/* Works, but crashes when it has to stop something. */
#include "raw_plugin.h"

#include <signal.h>

static void probe(void *self, fairlead_str request, const fairlead_call *call) {
  (void)self;
  (void)request;
  answer(call, "{\"engine\":\"brittle\"}");
}

static void stop(void *self, fairlead_str request, const fairlead_call *call) {
  (void)self;
  (void)request;
  (void)call;
  raise(SIGSEGV); /* not by a bad pointer: a sanitizer would say so first */
}
static const fairlead_backend raw_backend = {
    .size = sizeof raw_backend, .probe = probe, .stop = stop};
RAW_PLUGIN("crashes_in_stop");
