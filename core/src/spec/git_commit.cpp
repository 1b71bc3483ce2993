#include "spec/git_commit.hpp"

#include "base/atomic_file.hpp"
#include "base/text.hpp"

#include <fairlead/error.hpp>

#include <filesystem>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t ref_limit = 4096;
constexpr std::size_t packed_limit = 64U << 20U;

std::string line_of(const fs::path& file) {
  const auto text = read_file_if_there(file, ref_limit);
  return text ? std::string(trim(*text)) : std::string();
}

/// The repository of a work tree: `.git`, or what it points at.
fs::path repository_of(const fs::path& root) {
  const auto place = root / ".git";
  if (fs::is_directory(place)) return place;
  constexpr std::string_view prefix = "gitdir: ";
  const auto line = line_of(place);
  return line.starts_with(prefix) ? root / line.substr(prefix.size()) : fs::path();
}

/// A linked work tree shares its refs with the others.
fs::path shared_part(const fs::path& repository) {
  const auto common = line_of(repository / "commondir");
  return common.empty() ? repository : repository / common;
}

/// "<commit> <name>" per line, after a comment.
std::string packed(const fs::path& repository, const std::string& name) {
  const auto text = read_file_if_there(repository / "packed-refs", packed_limit);
  if (!text) return {};
  for (const auto line : split(*text, '\n')) {
    const auto space = line.find(' ');
    if (space != std::string_view::npos && trim(line.substr(space)) == name) {
      return std::string(line.substr(0, space));
    }
  }
  return {};
}

std::string read_commit(const fs::path& root) {
  const auto repository = repository_of(root);
  if (repository.empty()) return {};
  const auto head = line_of(repository / "HEAD");
  constexpr std::string_view prefix = "ref: ";
  if (!head.starts_with(prefix)) return head;
  const auto name = head.substr(prefix.size());
  if (!name.starts_with("refs/") || name.find("..") != std::string::npos) return {};
  const auto shared = shared_part(repository);
  const auto loose = line_of(shared / name);
  return loose.empty() ? packed(shared, name) : loose;
}

}  // namespace

std::string git_commit(const std::string& root) {
  if (root.empty()) return {};
  try {
    return read_commit(root);
  } catch (const Error&) {
    return {};
  } catch (const fs::filesystem_error&) {
    return {};
  }
}

}  // namespace fairlead
