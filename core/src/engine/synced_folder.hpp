#pragma once

#include <fairlead/config.hpp>
#include <fairlead/core.hpp>

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace fairlead {

/// A folder of this machine and its copy on a host.
struct SyncedFolder {
  std::string host;   ///< "ssh://me@box"
  std::string here;   ///< what is mounted here would be
  std::string there;  ///< absolute, on the host
  std::string home;   ///< of the account there
  std::string key;    ///< of state about the pair

  /// A path of this machine's, there; others as they are.
  std::string path_there(const std::string& path) const;
  /// The same for every path in a text.
  std::string text_there(const std::string& text) const;
  /// What engines and commands on the host have to hear: mounts, values and variables have its
  /// paths. Files that are read here keep theirs, and so does `initializeCommand`.
  ConfigDocument document_there(ConfigDocument document) const;

  /// On the host: what is known of synchronised folders. Below `home`.
  std::string state_there() const { return home + "/.local/state/fairlead/sync"; }
};

/// On instances that work on such a copy: its folder.
inline constexpr const char* synced_folder_key = "dev.fairlead.synced-folder";

/// The copy of the document's workspace, when the settings ask for one: the host is another machine
/// and `content` is "sync", or "auto". Null: they do not. Asks the host who the account is.
std::shared_ptr<const SyncedFolder> synced_folder(Core& core, const Settings& settings,
                                                  const ConfigDocument& document,
                                                  const std::stop_token& stop);

/// This machine, among others that use the same host. Not a secret, nor a name of it.
std::string machine_key();

/// The account's variables on the host. Throws what the host throws.
Environment variables_there(Host& host, const std::stop_token& stop);

}  // namespace fairlead
