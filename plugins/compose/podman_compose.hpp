#pragma once

#include <string>
#include <string_view>

/// Documents of podman-compose, which has no evaluated configuration to offer, appends lists where
/// Compose replaces them, and leaves out without a word what it does not know. So what it merged
/// from the user's files is made whole here, and one file goes back. JSON; pure functions.
namespace fairlead::compose {

/// The configuration in what podman-compose says when it runs dry with several files.
/// Throws Error(failed, "group.output").
std::string merged_document(std::string_view printed);

/// `merged` as it means the same anywhere: paths absolute, seen from `folder`, `extends` followed.
/// Throws Error(unsupported, "compose.podman_compose") for what
/// podman-compose would leave out; `old`: it is older than 1.1.
std::string whole_document(std::string_view merged, const std::string& folder, bool old);

/// As Compose prints it: `$` is doubled.
std::string escaped_document(std::string_view whole);

/// The escaped document with an override laid over it as Compose would do it, to be started service
/// by service: nobody waits for anybody in it. Each service gets the labels that Compose writes.
std::string document_to_start(std::string_view escaped, std::string_view override_json);

}  // namespace fairlead::compose
