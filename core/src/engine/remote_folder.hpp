#pragma once

#include <fairlead/config.hpp>
#include <fairlead/core.hpp>

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace fairlead {

/// A folder on a host that is not this machine.
struct RemotePlace {
  std::string host;    ///< "ssh://me@box"
  std::string folder;  ///< absolute, there

  std::string text() const { return host + folder; }
};

/// Reads "ssh://me@box/folder". nullopt: it has no scheme, so it is a folder of this machine.
/// Throws Error(invalid, "host.folder") when no folder is named.
std::optional<RemotePlace> parse_remote_place(const std::string& text);

/// A workspace folder on a host, with copies here of the files that describe it. The copies keep
/// their paths below a folder of their own, which is removed at the end; text that is meant for
/// the host has to lose that folder's name.
class RemoteFolder {
 public:
  /// Copies .devcontainer.json, .devcontainer and what says where the repository begins. Throws
  /// Error(not_found, "host.folder_not_found") and what the host's operations throw.
  RemoteFolder(const Core& core, std::shared_ptr<Host> host, RemotePlace place,
               const std::stop_token& stop);
  ~RemoteFolder();
  RemoteFolder(const RemoteFolder&) = delete;
  RemoteFolder& operator=(const RemoteFolder&) = delete;

  const RemotePlace& place() const { return place_; }
  Host& host() const { return *host_; }
  /// The variables of the account there.
  const Environment& environment() const { return environment_; }
  /// The copy of a path of the host.
  std::string here(const std::string& path) const { return root_ + path; }
  /// What `text` means on the host.
  std::string there(std::string text) const;
  /// The document as it is on the host: its values, folders and mounts. The file names in it stay
  /// those of the copies.
  ConfigDocument there(ConfigDocument document) const;
  /// Copies a file or folder more, with everything in it.
  void fetch(const std::string& path, const std::stop_token& stop) const;
  /// Writes a file of the host, all of it or nothing, with the mode of the former one. Throws
  /// Error(failed, "host.copy").
  void put(const std::string& path, const std::string& text, const std::stop_token& stop) const;

 private:
  void copy(const std::string& script, const std::string& argument, std::string* said,
            const std::stop_token& stop) const;

  std::shared_ptr<Host> host_;
  RemotePlace place_;
  std::string root_;
  Environment environment_;
};

}  // namespace fairlead
