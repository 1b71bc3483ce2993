#include "account.hpp"

#include <grp.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>

namespace fairlead::testbed {
namespace {

using Fields = std::vector<std::string>;

std::vector<Fields> read_table(const char* path) {
  std::vector<Fields> table;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    Fields fields;
    std::istringstream stream(line);
    for (std::string field; std::getline(stream, field, ':');) fields.push_back(field);
    if (fields.size() >= 3) table.push_back(fields);
  }
  return table;
}

bool is_number(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](unsigned char c) { return std::isdigit(c) != 0; });
}

unsigned number(const std::string& text) { return static_cast<unsigned>(std::stoul(text)); }

std::optional<Fields> find(const std::vector<Fields>& table, const std::string& key) {
  const std::size_t column = is_number(key) ? 2 : 0;
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const Fields& fields) { return fields[column] == key; });
  if (found == table.end()) return std::nullopt;
  return *found;
}

bool lists_member(const Fields& group, const std::string& name) {
  if (group.size() < 4) return false;
  std::istringstream members(group[3]);
  for (std::string member; std::getline(members, member, ',');) {
    if (member == name) return true;
  }
  return false;
}

gid_t find_group(const std::string& group) {
  const auto entry = find(read_table("/etc/group"), group);
  if (entry) return number((*entry)[2]);
  if (!is_number(group)) throw std::runtime_error("no group " + group + " in /etc/group");
  return number(group);
}

}  // namespace

Account find_account(const std::string& user) {
  const auto colon = user.find(':');
  const std::string name = user.empty() ? "0" : user.substr(0, colon);
  Account account;
  if (const auto entry = find(read_table("/etc/passwd"), name)) {
    account.uid = number((*entry)[2]);
    if (entry->size() > 3) account.gid = number((*entry)[3]);
    if (entry->size() > 5) account.home = (*entry)[5];
    for (const Fields& group : read_table("/etc/group")) {
      if (lists_member(group, (*entry)[0])) account.groups.push_back(number(group[2]));
    }
  } else if (is_number(name)) {
    account.uid = number(name);
  } else {
    throw std::runtime_error("unable to find user " + name + ": no matching entry in passwd file");
  }
  if (colon != std::string::npos) account.gid = find_group(user.substr(colon + 1));
  return account;
}

void become(const Account& account) {
  if (::setgroups(account.groups.size(), account.groups.data()) != 0 ||
      ::setgid(account.gid) != 0 || ::setuid(account.uid) != 0) {
    throw std::runtime_error("cannot take on the user's ids");
  }
}

}  // namespace fairlead::testbed
