#pragma once

#include "support/test_run.hpp"

#include <memory>
#include <string>
#include <vector>

namespace fairlead::test {

/// An instance as a test sees it, without the code under test.
struct TargetInstance {
  std::string id;
  std::string folder;  ///< its devcontainer.local_folder
  bool running = false;
};

/// A backend under test: how programs are pointed at it, and what it has.
class Target {
 public:
  virtual ~Target() = default;

  virtual std::string name() const = 0;
  /// Why it cannot be tested here ("no engine"); empty: it can.
  virtual std::string missing() const = 0;
  /// Adds the variables that make fairlead use it.
  virtual void configure(TestRun& run) const = 0;
  /// Those of workspaces below the run's folder.
  virtual std::vector<TargetInstance> instances(const TestRun& run) const = 0;
  /// Everything of the run: instances, images, volumes.
  virtual void clean(const TestRun& run) const = 0;
  /// Command lines in its running instances, as an outsider sees them.
  virtual std::vector<std::string> processes(const TestRun& run) const = 0;
  /// Behind the programs' backs.
  virtual void stop(const TestRun& run, const std::string& id) const = 0;
};

/// "docker", "podman", "podman-command" (without a service) or "testbed".
std::unique_ptr<Target> make_target(const std::string& name);

/// Of fairlead-test/busybox, for both; the same name on every backend.
inline const std::string base_image = "fairlead-test/busybox";

}  // namespace fairlead::test
