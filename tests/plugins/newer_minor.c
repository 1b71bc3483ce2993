/* From a later 1.x: its entry and its table are longer than ours, but it can do with us. */
#include "raw_plugin.h"

static void probe(void *self, fairlead_str request, const fairlead_call *call) {
  (void)self;
  (void)request;
  answer(call, "{\"engine\":\"newer\",\"a_member_of_tomorrow\":[1,2]}");
}

static const struct {
  fairlead_backend known;
  fairlead_op unheard_of;
} newer_table = {{.size = sizeof newer_table, .probe = probe}, probe};
#define raw_backend newer_table
RAW_PLUGIN_ENTRY("newer_minor", 1, 7, 0, sizeof(fairlead_plugin) + 64);
