/* The contract's header alone, as C99, with every warning an error (see CMakeLists.txt). */
#include <fairlead/abi.h>

static void probe(void *self, fairlead_str request, const fairlead_call *call) {
  (void)self;
  (void)request;
  call->done(call, FAIRLEAD_OK, request, NULL, 0);
}

int has_probe(const fairlead_backend *table);
int has_probe(const fairlead_backend *table) {
  static const fairlead_backend own = {.size = sizeof own, .probe = probe};
  return FAIRLEAD_HAS(fairlead_backend, table, probe) && FAIRLEAD_HAS(fairlead_backend, &own, probe);
}
