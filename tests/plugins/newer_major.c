/* Speaks another language altogether. */
#include "raw_plugin.h"

static const fairlead_backend raw_backend = {.size = sizeof raw_backend};
RAW_PLUGIN_ENTRY("newer_major", 2, 0, 0, sizeof(fairlead_plugin));
