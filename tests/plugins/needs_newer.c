/* From a later 1.x that cannot do with us. */
#include "raw_plugin.h"

static const fairlead_backend raw_backend = {.size = sizeof raw_backend};
RAW_PLUGIN_ENTRY("needs_newer", 1, 3, 3, sizeof(fairlead_plugin));
