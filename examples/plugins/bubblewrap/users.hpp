#pragma once

#include <filesystem>
#include <string>

namespace bubblewrap {

struct Account {
  std::string uid = "0";
  std::string gid = "0";
  std::string groups = "-";  ///< "5,7", or "-" for none
  std::string home = "/";
};

/// "name", "uid", "name:group" or "uid:gid" by the files of the root filesystem at `root`; empty is
/// root. Throws invalid ("instance.user") for a name that is not there.
Account find_account(const std::filesystem::path& root, const std::string& user);

}  // namespace bubblewrap
