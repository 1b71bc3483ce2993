#include "users.hpp"

#include "inside.hpp"

#include <fairlead/error.hpp>

#include <optional>
#include <sstream>
#include <vector>

namespace bubblewrap {

using namespace fairlead;
namespace fs = std::filesystem;

namespace {

using Row = std::vector<std::string>;

/// A line of /etc/passwd or /etc/group as its fields.
std::vector<Row> rows(const fs::path& root, const std::string& file) {
  std::vector<Row> found;
  std::istringstream lines(content_inside(root, file));
  for (std::string line; std::getline(lines, line);) {
    Row row;
    std::istringstream fields(line);
    for (std::string field; std::getline(fields, field, ':');) row.push_back(field);
    row.resize(7);
    found.push_back(std::move(row));
  }
  return found;
}

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

std::optional<Row> row_of(const std::vector<Row>& table, const std::string& word) {
  for (const auto& row : table) {
    if (row[0] == word || (is_number(word) && row[2] == word)) return row;
  }
  return std::nullopt;
}

bool is_member(const std::string& list, const std::string& name) {
  return ("," + list + ",").find("," + name + ",") != std::string::npos;
}

}  // namespace

Account find_account(const fs::path& root, const std::string& user) {
  const auto colon = user.find(':');
  const auto name = user.empty() ? "0" : user.substr(0, colon);
  const auto groups = rows(root, "/etc/group");
  Account account;
  if (const auto row = row_of(rows(root, "/etc/passwd"), name)) {
    account = {(*row)[2], (*row)[3], "-", (*row)[5].empty() ? "/" : (*row)[5]};
    std::string also;
    for (const auto& group : groups) {
      if (is_member(group[3], (*row)[0])) also += (also.empty() ? "" : ",") + group[2];
    }
    if (!also.empty()) account.groups = also;
  } else if (is_number(name)) {
    account.uid = name;
    if (name == "0") account.home = "/root";
  } else {
    throw Error(Status::invalid, "instance.user", "The image has no user '" + name + "'.");
  }
  if (colon == std::string::npos) return account;
  const auto group = user.substr(colon + 1);
  const auto row = row_of(groups, group);
  if (!row && !is_number(group)) {
    throw Error(Status::invalid, "instance.user", "The image has no group '" + group + "'.");
  }
  account.gid = row ? (*row)[2] : group;
  account.groups = "-";
  return account;
}

}  // namespace bubblewrap
