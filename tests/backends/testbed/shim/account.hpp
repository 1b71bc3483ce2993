#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace fairlead::testbed {

/// Who a process runs as.
struct Account {
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;
  std::string home = "/";
};

/// Resolves "name", "uid", "name:group" or "uid:gid" by /etc/passwd and /etc/group of the current
/// root; empty means root. The files are read by hand: the C library's lookups would load host
/// modules. Throws std::runtime_error for an unknown name.
Account find_account(const std::string& user);

/// Takes on the account for good.
void become(const Account& account);

}  // namespace fairlead::testbed
