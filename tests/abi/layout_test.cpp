// Today's contract beside the frozen headers of 1.0 and 1.1: whatever was there stays where it was.
// Nothing here runs; that it compiles is the test.

#include <stddef.h>
#include <stdint.h>

// First, while its names are still free: `typedef struct x x` would otherwise find today's.
#define fairlead_plugin_v1 fairlead_plugin_of_1_0
namespace v1_0 {
#include "v1_0/fairlead/abi.h"
}  // namespace v1_0
#undef fairlead_plugin_v1
#undef FAIRLEAD_ABI_H
#undef FAIRLEAD_ABI_MAJOR
#undef FAIRLEAD_ABI_MINOR
#undef FAIRLEAD_EXPORT
#undef FAIRLEAD_HAS
#define fairlead_plugin_v1 fairlead_plugin_of_1_1
namespace v1_1 {
#include "v1_1/fairlead/abi.h"
}  // namespace v1_1
#undef fairlead_plugin_v1
#undef FAIRLEAD_ABI_H
#undef FAIRLEAD_ABI_MAJOR
#undef FAIRLEAD_ABI_MINOR
#undef FAIRLEAD_EXPORT
#undef FAIRLEAD_HAS
// clang-format off: it must stay after the above
#include <fairlead/abi.h>
// clang-format on

#define SAME(type, member)                                                  \
  static_assert(offsetof(::type, member) == offsetof(v1_0::type, member) && \
                    sizeof(::type::member) == sizeof(v1_0::type::member),   \
                #type "." #member " has moved")
#define SAME_SINCE_1_1(type, member)                                        \
  static_assert(offsetof(::type, member) == offsetof(v1_1::type, member) && \
                    sizeof(::type::member) == sizeof(v1_1::type::member),   \
                #type "." #member " has moved")
#define GROWN(type) static_assert(sizeof(::type) >= sizeof(v1_0::type), #type " has shrunk")
#define EQUAL(value) static_assert(int{::value} == int{v1_0::value}, #value " has changed")

SAME(fairlead_str, data);
SAME(fairlead_str, size);
static_assert(sizeof(::fairlead_str) == sizeof(v1_0::fairlead_str), "passed by value");
static_assert(sizeof(::fairlead_service) == sizeof(v1_0::fairlead_service), "passed by value");
SAME(fairlead_service, self);
SAME(fairlead_service, table);

SAME(fairlead_call, size);
SAME(fairlead_call, cancel_fd);
SAME(fairlead_call, fds);
SAME(fairlead_call, fd_count);
SAME(fairlead_call, owner);
SAME(fairlead_call, emit);
SAME(fairlead_call, done);
GROWN(fairlead_call);

SAME(fairlead_backend, size);
SAME(fairlead_backend, probe);
SAME(fairlead_backend, resolve);
SAME(fairlead_backend, inspect_image);
SAME(fairlead_backend, pull_image);
SAME(fairlead_backend, build_image);
SAME(fairlead_backend, create);
SAME(fairlead_backend, start);
SAME(fairlead_backend, stop);
SAME(fairlead_backend, remove);
SAME(fairlead_backend, inspect);
SAME(fairlead_backend, list);
SAME(fairlead_backend, exec);
SAME(fairlead_backend, exec_control);
SAME(fairlead_backend, logs);
SAME(fairlead_backend, copy_in);
SAME(fairlead_backend, copy_out);
SAME(fairlead_backend, dial);
SAME(fairlead_backend, watch);
GROWN(fairlead_backend);
SAME_SINCE_1_1(fairlead_backend, objects);
SAME_SINCE_1_1(fairlead_backend, remove_object);
SAME_SINCE_1_1(fairlead_backend, registry_digest);
SAME_SINCE_1_1(fairlead_backend, checks);
static_assert(sizeof(::fairlead_backend) >= sizeof(v1_1::fairlead_backend), "has shrunk");

SAME(fairlead_host, size);
SAME(fairlead_host, open);
SAME(fairlead_host, describe);
SAME(fairlead_host, spawn);
SAME(fairlead_host, spawn_control);
SAME(fairlead_host, dial);
SAME(fairlead_host, listen);
SAME(fairlead_host, copy_in);
SAME(fairlead_host, copy_out);
SAME(fairlead_host, close);
GROWN(fairlead_host);

SAME(fairlead_features, size);
SAME(fairlead_features, plan);
SAME(fairlead_features, install);
GROWN(fairlead_features);
SAME(fairlead_ports, size);
SAME(fairlead_ports, detect);
SAME(fairlead_ports, forward);
GROWN(fairlead_ports);

SAME(fairlead_core, size);
SAME(fairlead_core, abi_major);
SAME(fairlead_core, abi_minor);
SAME(fairlead_core, owner);
SAME(fairlead_core, log);
SAME(fairlead_core, service);
GROWN(fairlead_core);

SAME(fairlead_plugin, size);
SAME(fairlead_plugin, abi_major);
SAME(fairlead_plugin, abi_minor);
SAME(fairlead_plugin, min_core_minor);
SAME(fairlead_plugin, id);
SAME(fairlead_plugin, version);
SAME(fairlead_plugin, create);
SAME(fairlead_plugin, configure);
SAME(fairlead_plugin, destroy);
SAME(fairlead_plugin, table);
GROWN(fairlead_plugin);

EQUAL(FAIRLEAD_OK);
EQUAL(FAIRLEAD_CANCELLED);
EQUAL(FAIRLEAD_INVALID);
EQUAL(FAIRLEAD_NOT_FOUND);
EQUAL(FAIRLEAD_CONFLICT);
EQUAL(FAIRLEAD_DENIED);
EQUAL(FAIRLEAD_UNSUPPORTED);
EQUAL(FAIRLEAD_UNAVAILABLE);
EQUAL(FAIRLEAD_TIMEOUT);
EQUAL(FAIRLEAD_FAILED);
EQUAL(FAIRLEAD_INTERNAL);
EQUAL(FAIRLEAD_TRACE);
EQUAL(FAIRLEAD_ERROR);
