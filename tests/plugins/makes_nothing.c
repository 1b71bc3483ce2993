/* Its create function could not. */
#include "raw_plugin.h"

static void *could_not(const fairlead_core *core) {
  (void)core;
  return NULL;
}
static const fairlead_backend raw_backend = {.size = sizeof raw_backend};
#define raw_create could_not
RAW_PLUGIN("makes_nothing");
