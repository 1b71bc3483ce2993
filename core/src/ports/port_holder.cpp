#include "ports/port_holder.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string_view>
#include <system_error>
#include <vector>

namespace fairlead::ports {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view listening = "0A";

/// "  0: 0100007F:1F90 00000000:0000 0A …": the inodes of sockets that listen on `port`.
void add_inodes(const char* table, int port, std::set<std::string>& inodes) {
  std::ifstream file(table);
  std::string line;
  std::getline(file, line);  // the headings
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string number, local, remote, state, queues, timer, retries, user, timeout, inode;
    words >> number >> local >> remote >> state >> queues >> timer >> retries >> user >> timeout >>
        inode;
    const auto colon = local.find(':');
    if (state != listening || colon == std::string::npos) continue;
    int found = 0;
    std::from_chars(local.data() + colon + 1, local.data() + local.size(), found, 16);
    if (found == port) inodes.insert("socket:[" + inode + ']');
  }
}

bool holds_one_of(const fs::path& process, const std::set<std::string>& links) {
  std::error_code error;
  for (fs::directory_iterator entry(process / "fd", error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code gone;
    if (links.contains(fs::read_symlink(entry->path(), gone).string())) return true;
  }
  return false;
}

std::string name_of(const fs::path& process) {
  std::ifstream file(process / "comm");
  std::string name;
  std::getline(file, name);
  return name + " (process " + process.filename().string() + ')';
}

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

std::string port_holder(int port) {
  std::set<std::string> links;
  add_inodes("/proc/net/tcp", port, links);
  add_inodes("/proc/net/tcp6", port, links);
  if (links.empty()) return {};
  std::error_code error;
  for (fs::directory_iterator entry("/proc", error), end; !error && entry != end;
       entry.increment(error)) {
    if (!is_number(entry->path().filename().string())) continue;
    if (holds_one_of(entry->path(), links)) return name_of(entry->path());
  }
  return "another user's process";
}

bool listens_here(int port, std::uint64_t inode) {
  std::set<std::string> links;
  add_inodes("/proc/net/tcp", port, links);
  add_inodes("/proc/net/tcp6", port, links);
  return links.contains("socket:[" + std::to_string(inode) + ']');
}

}  // namespace fairlead::ports
