#pragma once

#include <optional>
#include <string>

namespace fairlead {

/// A Git repository that stands where a workspace folder could.
struct GitPlace {
  std::string url;       ///< as git takes it, without credentials
  std::string ref;       ///< a branch, tag or commit; empty: what the repository has checked out
  std::string name;      ///< the repository's own: what its folder is called
  std::string user;      ///< that stood in an http address; empty: none
  std::string password;  ///< likewise

  /// "url@ref", without credentials: what people see, and what a clone is known by.
  std::string text() const { return ref.empty() ? url : url + '@' + ref; }
};

/// Reads "https://host/owner/name.git@REF", "git@host:name", "file:///folder", "ssh://host/x.git";
/// with "git+" before it, an address that could mean something else too. nullopt: it is no Git
/// address, so it names a folder. Throws Error(invalid, "git.address").
std::optional<GitPlace> parse_git_place(const std::string& text);

}  // namespace fairlead
