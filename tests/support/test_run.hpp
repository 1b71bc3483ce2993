#pragma once

#include "support/child_process.hpp"
#include "support/files.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace fairlead::test {

/// The private world of one test: folders of its own for everything that programs keep, and a mark
/// in the environment of whatever it starts.
class TestRun {
 public:
  TestRun();

  /// Unique on this machine, usable in names.
  const std::string& id() const { return id_; }
  const std::filesystem::path& folder() const { return folder_.path(); }
  std::filesystem::path below(const std::string& name) const { return folder_.path() / name; }

  /// For children: nothing of the caller's but PATH, locale and the engine.
  Variables environment() const;
  /// Added to every later `environment()`.
  void set(const std::string& name, const std::string& value) { more_[name] = value; }

 private:
  TemporaryFolder folder_;
  std::string id_;
  Variables more_;
};

/// The programs under test, in the build tree.
std::string fairlead_binary();
std::string devcontainer_binary();

/// A caller's variable, or nothing.
std::string variable(const std::string& name);

}  // namespace fairlead::test
