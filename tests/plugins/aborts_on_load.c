/* Takes its process down before anybody has asked it anything. */
#include "raw_plugin.h"

#include <stdlib.h>

__attribute__((constructor)) static void at_load(void) { abort(); }
static const fairlead_backend raw_backend = {.size = sizeof raw_backend};
RAW_PLUGIN("aborts_on_load");
