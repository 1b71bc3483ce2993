#pragma once

namespace fairlead {

/// Says on this thread, for the crash note, which plugin's code runs from now to the end of the
/// scope. Both texts outlive it.
class InPlugin {
 public:
  InPlugin(const char* plugin, const char* operation) noexcept;
  ~InPlugin();
  InPlugin(const InPlugin&) = delete;
  InPlugin& operator=(const InPlugin&) = delete;

 private:
  const char* plugin_before_;
  const char* operation_before_;
};

}  // namespace fairlead
