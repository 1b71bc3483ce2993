#pragma once

#include <fairlead/abi.h>
#include <fairlead/sdk/backend.hpp>
#include <fairlead/sdk/core.hpp>
#include <fairlead/sdk/extensions.hpp>
#include <fairlead/sdk/host.hpp>

#include <memory>
#include <type_traits>

namespace fairlead::sdk::detail {

/// The C tables over the C++ classes; `self` of every op is an Instance. All slots that the classes
/// know are filled: a method that is not overridden answers UNSUPPORTED.
extern const fairlead_backend backend_table;
extern const fairlead_host host_table;
extern const fairlead_features features_table;
extern const fairlead_ports ports_table;

/// What an instance of any plugin is on our side of the boundary: exactly one member is set.
struct Instance {
  std::unique_ptr<Backend> backend;
  std::unique_ptr<Host> host;
  std::unique_ptr<FeatureInstaller> features;
  std::unique_ptr<PortForwarder> ports;
};

void configure(void* self, fairlead_str settings, const fairlead_call* call);
void destroy(void* self);

template <class Class>
void* create(const fairlead_core* core) {
  try {
    auto instance = std::make_unique<Instance>();
    if constexpr (std::is_base_of_v<Backend, Class>) {
      instance->backend = std::make_unique<Class>(Core{core});
    } else if constexpr (std::is_base_of_v<Host, Class>) {
      instance->host = std::make_unique<Class>(Core{core});
    } else if constexpr (std::is_base_of_v<FeatureInstaller, Class>) {
      instance->features = std::make_unique<Class>(Core{core});
    } else {
      instance->ports = std::make_unique<Class>(Core{core});
    }
    return instance.release();
  } catch (...) {
    return nullptr;  // the ABI's word for "could not"
  }
}

template <class Class>
const void* table(const char* id);

const void* table_for(const char* id, const char* offered, const void* its_table);

template <class Class>
const void* table(const char* id) {
  if constexpr (std::is_base_of_v<Backend, Class>) {
    return table_for(id, FAIRLEAD_BACKEND_V1, &backend_table);
  } else if constexpr (std::is_base_of_v<Host, Class>) {
    return table_for(id, FAIRLEAD_HOST_V1, &host_table);
  } else if constexpr (std::is_base_of_v<FeatureInstaller, Class>) {
    return table_for(id, FAIRLEAD_FEATURES_V1, &features_table);
  } else {
    return table_for(id, FAIRLEAD_PORTS_V1, &ports_table);
  }
}

}  // namespace fairlead::sdk::detail

/// Defines the plugin's one export. `Class` derives from one of the four interfaces and is
/// constructed from a fairlead::sdk::Core; `id` and `version` are string literals and equal the
/// manifest's.
#define FAIRLEAD_PLUGIN(Class, id, version)                                          \
  const fairlead_plugin fairlead_plugin_v1 = {sizeof(fairlead_plugin),               \
                                              FAIRLEAD_ABI_MAJOR,                    \
                                              FAIRLEAD_ABI_MINOR,                    \
                                              0,                                     \
                                              id,                                    \
                                              version,                               \
                                              &fairlead::sdk::detail::create<Class>, \
                                              &fairlead::sdk::detail::configure,     \
                                              &fairlead::sdk::detail::destroy,       \
                                              &fairlead::sdk::detail::table<Class>}
