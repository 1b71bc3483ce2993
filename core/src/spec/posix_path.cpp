#include "spec/posix_path.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <vector>

namespace fairlead::posix_path {
namespace {

std::vector<std::string_view> segments(std::string_view path) {
  std::vector<std::string_view> out;
  const bool absolute = !path.empty() && path.front() == '/';
  for (const std::string_view part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == ".." && !out.empty() && out.back() != "..") {
      out.pop_back();
    } else if (part != ".." || !absolute) {
      out.push_back(part);
    }
  }
  return out;
}

std::string_view without_trailing_slashes(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  return path;
}

}  // namespace

std::string normalize(std::string_view path) {
  std::string out;
  const bool absolute = !path.empty() && path.front() == '/';
  for (const std::string_view part : segments(path)) {
    if (absolute || !out.empty()) out += '/';
    out += part;
  }
  if (out.empty()) return absolute ? "/" : ".";
  return out;
}

std::string resolve(std::string_view folder, std::string_view path) {
  if (!path.empty() && path.front() == '/') return normalize(path);
  return normalize(std::string(folder) + '/' + std::string(path));
}

std::string basename(std::string_view path) {
  path = without_trailing_slashes(path);
  return std::string(path.substr(path.rfind('/') + 1));
}

std::string dirname(std::string_view path) {
  path = without_trailing_slashes(path);
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return slash == 0 ? "/" : std::string(without_trailing_slashes(path.substr(0, slash)));
}

std::string relative(std::string_view folder, std::string_view path) {
  const auto from = segments(folder);
  const auto to = segments(path);
  const auto [a, b] = std::mismatch(from.begin(), from.end(), to.begin(), to.end());
  std::string out;
  for (auto up = a; up != from.end(); ++up) out += out.empty() ? ".." : "/..";
  for (auto down = b; down != to.end(); ++down) {
    if (!out.empty()) out += '/';
    out += *down;
  }
  return out;
}

}  // namespace fairlead::posix_path
