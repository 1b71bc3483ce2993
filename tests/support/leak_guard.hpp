#pragma once

#include "support/test_run.hpp"

#include <set>
#include <string>
#include <vector>

namespace fairlead::test {

/// What a test must not leave behind, looked for outside the containers: processes that carry the
/// test's mark, descriptors of this process, held locks, temporary files.
class LeakGuard {
 public:
  /// Remembers what this process has open now.
  explicit LeakGuard(const TestRun& run);

  /// One line per thing that is left, empty when nothing is. Waits up to five seconds for things
  /// that are on their way out.
  std::vector<std::string> leaks() const;

 private:
  std::vector<std::string> look() const;

  const TestRun& run_;
  std::set<std::string> descriptors_;
};

/// Processes, zombies aside, whose environment has NAME=value: "pid: command line".
std::vector<std::string> marked_processes(const std::string& name, const std::string& value);

/// Processes that live below one of the test backend's instances in `state`: "pid: command line".
std::vector<std::string> processes_below(const std::string& folder);

/// True for what keeps a container alive: its first shell and that one's sleep.
bool is_keep_alive(const std::string& command_line);

}  // namespace fairlead::test
