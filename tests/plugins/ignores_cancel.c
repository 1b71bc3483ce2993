/* Looks at nothing until its `stop` is called; then its `probe` answers, long abandoned. */
#include "raw_plugin.h"

#include <poll.h>

static int released;

static void probe(void *self, fairlead_str request, const fairlead_call *call) {
  (void)self;
  (void)request;
  call->emit(call, text("{\"started\":\"deaf\"}"));
  while (!__atomic_load_n(&released, __ATOMIC_ACQUIRE)) poll(NULL, 0, 5);
  answer(call, "{\"engine\":\"late\"}");
  __atomic_store_n(&released, 0, __ATOMIC_RELEASE);
}

static void stop(void *self, fairlead_str request, const fairlead_call *call) {
  (void)self;
  (void)request;
  __atomic_store_n(&released, 1, __ATOMIC_RELEASE);
  while (__atomic_load_n(&released, __ATOMIC_ACQUIRE)) poll(NULL, 0, 5);
  answer(call, "{}");
}

static const fairlead_backend raw_backend = {
    .size = sizeof raw_backend, .probe = probe, .stop = stop};
RAW_PLUGIN("ignores_cancel");
