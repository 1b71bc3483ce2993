#pragma once

#include <fairlead/abi.h>

namespace fairlead {

/// Where an instance of a plugin gets made: in this process or in another one. Functions may throw
/// whatever a plugin's code throws.
class PluginCode {
 public:
  virtual ~PluginCode() = default;
  virtual void* create(const fairlead_core* core) = 0;
  virtual void destroy(void* self) = 0;
  virtual const void* table(const char* id) = 0;
  virtual fairlead_op configure() = 0;
};

/// The plugin as it was loaded into this process.
class LoadedCode final : public PluginCode {
 public:
  explicit LoadedCode(const fairlead_plugin& entry) : entry_(entry) {}
  void* create(const fairlead_core* core) override { return entry_.create(core); }
  void destroy(void* self) override { entry_.destroy(self); }
  const void* table(const char* id) override { return entry_.table(id); }
  fairlead_op configure() override { return entry_.configure; }

 private:
  const fairlead_plugin& entry_;
};

}  // namespace fairlead
