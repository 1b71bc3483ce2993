#pragma once

#include "spec/ignore_rules.hpp"

#include <fairlead/unique_fd.hpp>

#include <map>
#include <string>

namespace fairlead {

/// Hears of changes below a folder of this machine, by inotify. One thread.
class FolderWatch {
 public:
  explicit FolderWatch(std::string root);

  /// Becomes readable when something happened. -1: the kernel gives us none.
  int fd() const { return fd_.get(); }
  /// Watches every folder that the rules do not leave out and that is not watched yet. False: the
  /// kernel's limit is reached, and some are not.
  bool cover(const IgnoreRules& rules);
  /// Takes what has happened; whether something of it matters by the rules.
  bool take(const IgnoreRules& rules);

 private:
  void add(const std::string& folder, const IgnoreRules& rules);

  std::string root_;
  UniqueFd fd_;
  std::map<int, std::string> folders_;  ///< by watch, relative to the root
  bool complete_ = true;
};

}  // namespace fairlead
