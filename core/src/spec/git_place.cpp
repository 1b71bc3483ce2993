#include "spec/git_place.hpp"

#include <fairlead/error.hpp>
#include <fairlead/git_address.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace fairlead {
namespace {

constexpr std::string_view mark = "git+";
constexpr std::string_view suffix = ".git";
constexpr std::array<std::string_view, 4> git_schemes = {"http", "https", "git", "file"};

/// As it was typed, but for credentials.
std::string shown(std::string text) {
  const auto scheme = text.find("://");
  const auto begin =
      scheme != std::string::npos ? scheme + 3 : (text.starts_with(mark) ? mark.size() : 0);
  const auto words = text.substr(begin, text.find('/', begin) - begin);
  const auto at = scheme != std::string::npos ? words.rfind('@') : words.find('@');
  if (at == std::string::npos) return text;
  // "git@host:name" has nothing to hide.
  const bool secret = scheme != std::string::npos || words.find(':') < at;
  return secret ? text.erase(begin, at + 1) : text;
}

[[noreturn]] void refuse(const std::string& text, const std::string& why) {
  throw Error(Status::invalid, "git.address",
              "'" + shown(text) + "' is no address of a repository: " + why,
              "Write https://host/owner/name.git, git@host:owner/name.git or file:///folder, and "
              "@ with a branch, tag or commit behind it.");
}

/// The address in three parts: what is before the path, the path, and what it is.
struct Parts {
  std::string scheme;     ///< empty: "user@host:path"
  std::string authority;  ///< may have credentials
  std::string path;
};

bool is_plain(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
  });
}

/// "user@host:path" and no folder: before the colon there is no slash.
std::optional<Parts> ssh_words(const std::string& text) {
  const auto colon = text.find(':');
  const auto at = text.find('@');
  if (colon == std::string::npos || at > colon || colon + 1 == text.size()) return {};
  const auto host = std::string_view(text).substr(at + 1, colon - at - 1);
  if (!is_plain(std::string_view(text).substr(0, at)) || !is_plain(host)) return {};
  return Parts{.scheme = {}, .authority = text.substr(0, colon), .path = text.substr(colon + 1)};
}

std::optional<Parts> cut(const std::string& text) {
  const auto scheme = text.find("://");
  if (scheme == std::string::npos) return ssh_words(text);
  if (text.find('/') < scheme) return {};
  const auto slash = text.find('/', scheme + 3);
  if (slash == std::string::npos) return Parts{text.substr(0, scheme), text.substr(scheme + 3), {}};
  return Parts{text.substr(0, scheme), text.substr(scheme + 3, slash - scheme - 3),
               text.substr(slash)};
}

/// ssh:// is a folder of a host as well: there the repository has to end with ".git".
bool is_git(const Parts& parts) {
  if (parts.scheme.empty()) return true;
  if (std::ranges::find(git_schemes, parts.scheme) != git_schemes.end()) return true;
  return parts.scheme == "ssh" &&
         (parts.path.ends_with(suffix) || parts.path.find(".git@") != std::string::npos);
}

/// Takes "@REF" off the path: behind ".git", or else the last one that does not begin a name.
std::string take_ref(std::string& path) {
  auto at = path.find(".git@");
  at = at == std::string::npos ? path.rfind('@') : at + suffix.size();
  if (at == std::string::npos || at == 0 || path[at - 1] == '/') return {};
  auto ref = path.substr(at + 1);
  path.erase(at);
  return ref;
}

std::string decoded(std::string_view text) {
  std::string out;
  const auto digit = [](char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0 ? c - '0' : (c | 0x20) - 'a' + 10;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text[i] == '%' && i + 2 < text.size() &&
                         std::isxdigit(static_cast<unsigned char>(text[i + 1])) != 0 &&
                         std::isxdigit(static_cast<unsigned char>(text[i + 2])) != 0;
    out += escaped ? static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2])) : text[i];
    if (escaped) i += 2;
  }
  return out;
}

/// Credentials of an http address: they never stand on a command line or in the clone.
void take_credentials(Parts& parts, GitPlace& place) {
  const auto at = parts.authority.rfind('@');
  if (at == std::string::npos || !parts.scheme.starts_with("http")) return;
  const auto words = parts.authority.substr(0, at);
  parts.authority.erase(0, at + 1);
  const auto colon = std::min(words.find(':'), words.size());
  place.user = decoded(std::string_view(words).substr(0, colon));
  if (colon < words.size()) place.password = decoded(std::string_view(words).substr(colon + 1));
}

std::string name_in(std::string path) {
  while (path.ends_with('/')) path.pop_back();
  auto name = path.substr(path.rfind('/') + 1);
  if (name.ends_with(suffix)) name.erase(name.size() - suffix.size());
  for (auto& c : name) {
    if (!is_plain(std::string_view(&c, 1))) c = '-';
  }
  return name;
}

void check(const std::string& text, const Parts& parts, const GitPlace& place) {
  const auto control = [](unsigned char c) { return c <= 0x20 || c == 0x7f; };
  const auto host = parts.authority.substr(parts.authority.rfind('@') + 1);
  if (std::ranges::any_of(place.text(), control)) refuse(text, "it has a blank in it.");
  if (host.starts_with('-') || parts.authority.starts_with('-')) {
    refuse(text, "a host does not begin with '-'.");
  }
  const auto user = parts.authority.substr(0, parts.authority.rfind('@'));
  if (parts.scheme == "ssh" && user.size() < parts.authority.size() &&
      user.find(':') != std::string::npos) {
    refuse(text, "ssh takes no password from an address; use a key or an agent.");
  }
  if (host.empty() && parts.scheme != "file") refuse(text, "it names no host.");
  if (place.name.empty() || place.name == "." || place.name == "..") {
    refuse(text, "it names no repository.");
  }
  if (place.ref.starts_with('-') || place.ref.find("..") != std::string::npos) {
    refuse(text, "'" + place.ref + "' is no branch, tag or commit.");
  }
}

}  // namespace

std::optional<GitPlace> parse_git_place(const std::string& text) {
  const bool marked = text.starts_with(mark);
  auto parts = cut(marked ? text.substr(mark.size()) : text);
  if (!parts && marked) refuse(text, "it has no scheme.");
  if (!parts || (!marked && !is_git(*parts))) return {};
  if (marked && !is_git(*parts) && parts->scheme != "ssh") {
    refuse(text, "'" + parts->scheme + "' is no way to a repository.");
  }
  GitPlace place;
  take_credentials(*parts, place);
  const bool at_end = parts->path.ends_with('@');
  place.ref = take_ref(parts->path);
  while (parts->path.size() > 1 && parts->path.ends_with('/')) parts->path.pop_back();
  place.url = parts->scheme.empty() ? parts->authority + ':' + parts->path
                                    : parts->scheme + "://" + parts->authority + parts->path;
  place.name = name_in(parts->path);
  if (at_end) refuse(place.url + '@', "behind @ stands a branch, tag or commit.");
  check(place.text(), *parts, place);
  return place;
}

std::string without_credentials(const std::string& workspace_folder) {
  const auto place = parse_git_place(workspace_folder);
  if (!place || (place->user.empty() && place->password.empty())) return workspace_folder;
  return place->text();
}

}  // namespace fairlead
