#pragma once

#include <fairlead/config_model.hpp>
#include <fairlead/core.hpp>
#include <fairlead/engine.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fairlead {

using OutputSink = std::function<void(std::string_view)>;

/// Starts one command line wherever it is to run and returns its exit status; output goes to the
/// sink as it comes.
using CommandRunner =
    std::function<int(const std::vector<std::string>& argv, const OutputSink& output)>;

/// A hook as it is reported.
struct HookTitle {
  std::string hook;           ///< "postCreateCommand"
  std::string origin;         ///< "devcontainer.json" or "Feature '<id>'"
  SourceLocation where = {};  ///< in devcontainer.json, where it comes from there
};

/// "hook.failed", with how the command ended.
class HookFailure : public OperationError {
 public:
  HookFailure(OperationError error, int status)
      : OperationError(std::move(error)), status_(status) {}
  /// Its exit status.
  int status() const noexcept { return status_; }

 private:
  int status_;
};

/// Runs one hook command in its form: a string through /bin/sh, words directly, an object's entries
/// in parallel with each one's output kept together. Siblings of a failing entry finish first.
/// LIFE-011, 012, 027, 029. Secrets are masked in all that is shown. Throws HookFailure;
/// status 130 (interrupted) is only reported: the answer is false then.
bool run_lifecycle_command(const Core& core, const HookTitle& title,
                           const LifecycleCommand& command, const CommandRunner& run);

}  // namespace fairlead
