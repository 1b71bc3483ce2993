#pragma once

#include "plugins/kit/check.hpp"
#include "plugins/services.hpp"
#include "plugins/slots.hpp"

#include <fairlead/abi.h>

#include <memory>
#include <string>
#include <vector>

namespace fairlead::kit {

/// The manifest beside the library. Throws what read_manifest throws.
PluginManifest manifest_of(const Setup& setup);

/// What a plugin is configured with: the settings given and this process's environment.
ConfigureRequest settings_of(const Setup& setup);

/// One instance of the plugin, made and configured over the C contract alone.
class Subject {
 public:
  /// Throws Broken when it cannot be loaded, made or configured.
  explicit Subject(const Setup& setup);
  ~Subject();
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  struct Operation {
    std::string interface;
    std::string name;
    fairlead_op op;
  };
  /// Every operation that it fills.
  const std::vector<Operation>& operations() const { return operations_; }
  /// The one of each interface that changes nothing, with a request for it.
  struct Harmless {
    Operation operation;
    std::string request;
  };
  std::vector<Harmless> harmless() const;

  void* self() const { return self_; }

 private:
  static fairlead_service service(const fairlead_core* core, const char* id);

  Services services_;
  fairlead_core core_{};
  const fairlead_plugin* entry_;
  void* self_ = nullptr;
  std::vector<Operation> operations_;
};

/// How many descriptors this process has open.
std::size_t open_descriptors();

/// Reads the captured standard output and error of this process; empty: it printed nothing.
std::string printed();
/// From now on standard output and error go where `printed` finds them.
void capture_output();

}  // namespace fairlead::kit
