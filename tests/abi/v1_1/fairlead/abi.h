/* fairlead/abi.h - the plugin contract. C99 and C++; nothing but <stddef.h> and <stdint.h>. */
#ifndef FAIRLEAD_ABI_H
#define FAIRLEAD_ABI_H
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define FAIRLEAD_EXPORT __attribute__((visibility("default")))
#else
#define FAIRLEAD_EXPORT
#endif
#ifdef __cplusplus
extern "C" {
#endif

#define FAIRLEAD_ABI_MAJOR 1u
#define FAIRLEAD_ABI_MINOR 1u
#define FAIRLEAD_BACKEND_V1 "fairlead.backend/1"
#define FAIRLEAD_HOST_V1 "fairlead.host/1"
#define FAIRLEAD_FEATURES_V1 "fairlead.features/1"
#define FAIRLEAD_PORTS_V1 "fairlead.ports/1"

/* True when `table` is long enough to hold `slot` and the slot is filled. */
#define FAIRLEAD_HAS(type, table, slot) \
  ((table)->size >= offsetof(type, slot) + sizeof((table)->slot) && (table)->slot != NULL)

/* UTF-8, not terminated; data may be NULL when size is 0. */
typedef struct fairlead_str { const char *data; size_t size; } fairlead_str;

typedef int32_t fairlead_status;
enum {
  FAIRLEAD_OK = 0, FAIRLEAD_CANCELLED = 1, FAIRLEAD_INVALID = 2, FAIRLEAD_NOT_FOUND = 3,
  FAIRLEAD_CONFLICT = 4, FAIRLEAD_DENIED = 5, FAIRLEAD_UNSUPPORTED = 6, FAIRLEAD_UNAVAILABLE = 7,
  FAIRLEAD_TIMEOUT = 8, FAIRLEAD_FAILED = 9, FAIRLEAD_INTERNAL = 10
};
typedef int32_t fairlead_level;
enum { FAIRLEAD_TRACE = 0, FAIRLEAD_DEBUG = 1, FAIRLEAD_INFO = 2, FAIRLEAD_WARN = 3, FAIRLEAD_ERROR = 4 };

/* Valid until `done` returns. `request` of the op and `event`, `body` are valid during that call only. */
typedef struct fairlead_call fairlead_call;
struct fairlead_call {
  uint32_t size;
  int32_t cancel_fd;
  const int32_t *fds;
  size_t fd_count;
  void *owner;
  void (*emit)(const fairlead_call *call, fairlead_str event);
  void (*done)(const fairlead_call *call, fairlead_status status, fairlead_str body,
               const int32_t *fds, size_t fd_count);
};
typedef void (*fairlead_op)(void *self, fairlead_str request, const fairlead_call *call);

typedef struct fairlead_backend {
  uint32_t size, reserved;
  fairlead_op probe, resolve, inspect_image, pull_image, build_image, create, start, stop, remove,
      inspect, list, exec, exec_control, logs, copy_in, copy_out, dial, watch;
  fairlead_op objects, remove_object, registry_digest, checks; /* since 1.1 */
} fairlead_backend;
typedef struct fairlead_host {
  uint32_t size, reserved;
  fairlead_op open, describe, spawn, spawn_control, dial, listen, copy_in, copy_out, close;
} fairlead_host;
typedef struct fairlead_features { uint32_t size, reserved; fairlead_op plan, install; } fairlead_features;
typedef struct fairlead_ports { uint32_t size, reserved; fairlead_op detect, forward; } fairlead_ports;

/* A table together with the object that its ops take as `self`. table NULL: not offered. */
typedef struct fairlead_service { void *self; const void *table; } fairlead_service;

/* What the core offers to one plugin instance; valid until destroy returns. */
typedef struct fairlead_core fairlead_core;
struct fairlead_core {
  uint32_t size, abi_major, abi_minor, reserved;
  void *owner;
  void (*log)(const fairlead_core *core, fairlead_level level, fairlead_str message);
  fairlead_service (*service)(const fairlead_core *core, const char *id);
};

typedef struct fairlead_plugin {
  uint32_t size, abi_major, abi_minor, min_core_minor;
  const char *id, *version;
  void *(*create)(const fairlead_core *core);   /* NULL: could not */
  void (*configure)(void *self, fairlead_str settings, const fairlead_call *call);
  void (*destroy)(void *self);
  const void *(*table)(const char *id);         /* NULL: not implemented */
} fairlead_plugin;

/* The one exported symbol. Declared here so that a C++ definition gets external linkage:
   a `const` object at namespace scope would otherwise be internal. */
extern FAIRLEAD_EXPORT const fairlead_plugin fairlead_plugin_v1;

#ifdef __cplusplus
}
#endif
#endif
