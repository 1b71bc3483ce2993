/* What the small C plugins here share: no SDK, so that they can break every rule. */
#ifndef RAW_PLUGIN_H
#define RAW_PLUGIN_H
#include <fairlead/abi.h>
#include <string.h>

#ifdef __cplusplus
#pragma GCC diagnostic ignored "-Wold-style-cast" /* there are no others in C */
#endif

static fairlead_str text(const char *words) {
  fairlead_str out;
  out.data = words;
  out.size = strlen(words);
  return out;
}

static void answer(const fairlead_call *call, const char *body) {
  call->done(call, FAIRLEAD_OK, text(body), NULL, 0);
}

__attribute__((unused)) static void *raw_create(const fairlead_core *core) { return (void *)(size_t)core; }

static void raw_configure(void *self, fairlead_str settings, const fairlead_call *call) {
  (void)self;
  (void)settings;
  answer(call, "{}");
}

__attribute__((unused)) static void raw_destroy(void *self) { (void)self; }

/* Defines the entry of plugin `name` with a table `raw_backend` of type fairlead_backend. */
#define RAW_PLUGIN_ENTRY(name, major, minor, needs, entry_size)                                \
  static const void *raw_table(const char *id) {                                               \
    return strcmp(id, FAIRLEAD_BACKEND_V1) == 0 ? (const void *)&raw_backend : NULL;           \
  }                                                                                            \
  const fairlead_plugin fairlead_plugin_v1 = {entry_size, major,      minor,         needs,       \
                                              "test." name, "1.0.0", raw_create,    raw_configure, \
                                              raw_destroy,  raw_table}

#define RAW_PLUGIN(name) RAW_PLUGIN_ENTRY(name, 1, 0, 0, sizeof(fairlead_plugin))
#endif
