#pragma once

#include <fairlead/model.hpp>
#include <fairlead/unique_fd.hpp>

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace fairlead::testbed {

/// The first process of a running instance, seen from outside.
struct Running {
  pid_t main = 0;
  pid_t shim = 0;
};

/// One instance as the state folder has it.
struct Record {
  std::filesystem::path folder;
  CreateRequest request;
  InstanceInfo info;  ///< state and exit code are those of the moment it was read
  std::optional<Running> running;

  std::filesystem::path root() const { return folder / "rootfs"; }
};

/// The state folder: instances that outlive the process that made them.
///
///     lock  next  failed-<operation>  volumes/<name>/
///     instances/<name>/{request.json,info.json,rootfs/,out.log,err.log,main,exit}
///
/// `name` is the key; ids change. Every change is made under `lock` and appears by a rename, so a
/// killed client leaves either the old state or the new one. Not thread-safe as an object, but any
/// number of objects and processes may work on one folder.
class Store {
 public:
  explicit Store(std::filesystem::path folder);

  /// Held as long as the descriptor (or a copy of it in another process) is open.
  UniqueFd lock() const;
  /// A number never given before. Needs the lock.
  int next_number() const;

  /// All instances, newest first; unreadable ones (being removed) are left out.
  std::vector<Record> list() const;
  /// By id, name or unambiguous prefix of an id. Throws not_found ("instance.not_found").
  Record find(const std::string& id) const;

  /// Throws conflict ("instance.name_taken"). Needs the lock.
  Record add(const CreateRequest& request, const std::string& id) const;
  /// Writes `record.info` back. Needs the lock.
  void save(const Record& record) const;
  /// Needs the lock; the instance does not run.
  void remove(const Record& record, bool volumes) const;

  /// The folder behind a volume, made on first use.
  std::filesystem::path volume(const std::string& name) const;
  /// True exactly once per operation and state folder.
  bool first_time(const std::string& operation) const;

 private:
  std::filesystem::path folder_;
};

/// The name of the volume behind the `index`th mount when the request gives none.
std::string anonymous_volume(const Record& record, std::size_t index);

}  // namespace fairlead::testbed
