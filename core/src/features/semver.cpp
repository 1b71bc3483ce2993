#include "features/semver.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>

namespace fairlead {
namespace {

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<unsigned long> number(std::string_view text) {
  unsigned long value = 0;
  const bool padded = text.size() > 1 && text.front() == '0';
  if (!is_number(text) || padded) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  return value;
}

bool is_identifier(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

int compare_numbers(unsigned long a, unsigned long b) { return a < b ? -1 : a > b ? 1 : 0; }

// Numbers are older than words and compare by value.
int compare_parts(const std::string& a, const std::string& b) {
  const bool number_a = is_number(a);
  const bool number_b = is_number(b);
  if (number_a != number_b) return number_a ? -1 : 1;
  if (number_a && a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}

int compare_prereleases(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  if (a.empty() || b.empty()) return (a.empty() ? 1 : 0) - (b.empty() ? 1 : 0);
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (const int order = compare_parts(a[i], b[i])) return order;
  }
  return compare_numbers(a.size(), b.size());
}

bool is_wildcard(std::string_view part) { return part == "x" || part == "X" || part == "*"; }

}  // namespace

std::optional<SemanticVersion> parse_semantic_version(std::string_view text) {
  std::string_view core = text.substr(0, text.find('+'));
  if (core.size() != text.size()) {
    for (const auto part : split(text.substr(core.size() + 1), '.')) {
      if (!is_identifier(part)) return std::nullopt;
    }
  }
  SemanticVersion version;
  if (const auto dash = core.find('-'); dash != std::string_view::npos) {
    for (const auto part : split(core.substr(dash + 1), '.')) {
      const bool padded = is_number(part) && part.size() > 1 && part.front() == '0';
      if (!is_identifier(part) || padded) return std::nullopt;
      version.prerelease.emplace_back(part);
    }
    core = core.substr(0, dash);
  }
  const auto parts = split(core, '.');
  if (parts.size() != 3) return std::nullopt;
  const auto major = number(parts[0]);
  const auto minor = number(parts[1]);
  const auto patch = number(parts[2]);
  if (!major || !minor || !patch) return std::nullopt;
  version.major = *major;
  version.minor = *minor;
  version.patch = *patch;
  return version;
}

int compare_versions(const SemanticVersion& a, const SemanticVersion& b) {
  if (const int order = compare_numbers(a.major, b.major)) return order;
  if (const int order = compare_numbers(a.minor, b.minor)) return order;
  if (const int order = compare_numbers(a.patch, b.patch)) return order;
  return compare_prereleases(a.prerelease, b.prerelease);
}

bool version_in_range(const SemanticVersion& version, std::string_view range) {
  if (const auto exact = parse_semantic_version(range)) {
    return compare_versions(version, *exact) == 0;
  }
  if (!version.prerelease.empty()) return false;
  const auto parts = split(range, '.');
  if (parts.size() > 3) return false;
  const unsigned long numbers[] = {version.major, version.minor, version.patch};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (is_wildcard(parts[i])) return true;
    const auto wanted = number(parts[i]);
    if (!wanted || *wanted != numbers[i]) return false;
  }
  return true;
}

std::vector<std::string> versions_of_tags(const std::vector<std::string>& tags) {
  std::vector<std::string> versions;
  for (const std::string& tag : tags) {
    if (parse_semantic_version(tag)) versions.push_back(tag);
  }
  std::stable_sort(
      versions.begin(), versions.end(), [](const std::string& a, const std::string& b) {
        return compare_versions(*parse_semantic_version(a), *parse_semantic_version(b)) > 0;
      });
  return versions;
}

std::vector<std::string> tags_to_publish(const SemanticVersion& version, const std::string& text,
                                         const std::vector<std::string>& published) {
  const auto newest_in = [&](const std::string& range) {
    for (const std::string& tag : versions_of_tags(published)) {
      const auto other = parse_semantic_version(tag);
      if (version_in_range(*other, range)) return compare_versions(version, *other) > 0;
    }
    return true;
  };
  const std::string major = std::to_string(version.major);
  const std::string minor = major + '.' + std::to_string(version.minor);
  std::vector<std::string> tags;
  if (newest_in(major)) tags.push_back(major);
  if (newest_in(minor)) tags.push_back(minor);
  tags.push_back(text);
  if (newest_in("x")) tags.emplace_back("latest");
  return tags;
}

}  // namespace fairlead
