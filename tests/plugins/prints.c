/* Writes to a standard output that is not its own, while it is loaded. */
#include "raw_plugin.h"

#include <unistd.h>

__attribute__((constructor)) static void at_load(void) {
  const char words[] = "no symbol, no plugin, nothing\n";
  if (write(1, words, sizeof words - 1) < 0) return;
}
static void probe(void *self, fairlead_str request, const fairlead_call *call) {
  (void)self;
  (void)request;
  answer(call, "{\"engine\":\"talkative\"}");
}
static const fairlead_backend raw_backend = {.size = sizeof raw_backend, .probe = probe};
RAW_PLUGIN("prints");
