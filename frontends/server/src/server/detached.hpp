#pragma once

#include <fairlead/model.hpp>
#include <fairlead/unique_fd.hpp>

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

namespace fairlead::server {

/// A program in a session of its own, without a terminal.
struct DetachedSpec {
  std::vector<std::string> argv;
  Environment environment;
  std::string working_directory = {};  ///< absolute; empty: the caller's
  bool search_path = false;            ///< in $PATH, when argv[0] is no path
  std::string error_file = {};  ///< what it says on standard error is added here; empty: nowhere
  /// Descriptors that it gets, under these numbers (from 3 on).
  std::vector<std::pair<const UniqueFd*, int>> descriptors = {};
};

/// Starts it and does not wait; its process id. Its end is waited for behind the scenes, so that it
/// leaves no zombie in a program that lives on. 0: it could
/// not be started, and errno says why.
pid_t spawn_detached(const DetachedSpec& spec);

}  // namespace fairlead::server
