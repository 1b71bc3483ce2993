#include "engine/sync_folder.hpp"

#include "base/lock.hpp"
#include "engine/captured.hpp"
#include "engine/ready_unison.hpp"
#include "engine/sync_programs_run.hpp"
#include "engine/sync_upload.hpp"

#include <chrono>
#include <ctime>
#include <utility>

namespace fairlead {
namespace {

constexpr std::chrono::hours longest_wait{2};  // for another run of the same folder

std::shared_ptr<const SyncedFolder> required(const Workspace& workspace) {
  if (workspace.synced) return workspace.synced;
  throw Error(Status::invalid, "sync.none",
              "This workspace is not synchronised with a host: it is where it is used.",
              "A folder of this machine is, with --host ssh://me@box (or the setting host) and "
              "content = \"auto\" or \"sync\".");
}

void say(const Core& core, const SyncStatus& status) {
  if (!status.note.empty()) {
    core.log().text(LogLevel::warning, status.folder + " is synchronised " + status.note + '.');
  }
  for (const auto& path : status.conflicts) {
    core.log().text(LogLevel::warning,
                    "Changed on both sides, and left as it is on each: " + path +
                        " (`fairlead sync push` or `pull` chooses one and keeps the other).");
  }
}

}  // namespace

SyncFolder::SyncFolder(Core& core, const Workspace& workspace)
    : core_(core),
      folder_(required(workspace)),
      settings_(workspace.settings),
      host_(core.host(settings_)),
      record_(core, *folder_) {}

SyncFolder::~SyncFolder() = default;

SyncRun SyncFolder::run_in(SyncDirection direction) const {
  return {.core = core_,
          .settings = settings_,
          .folder = *folder_,
          .record = record_,
          .direction = direction};
}

void SyncFolder::make_ready() {
  ready_.reset();
  if (program_.name != "unison") return;
  ready_ = std::make_unique<ReadyUnison>(run_in(SyncDirection::both), rules_);
}

HostSide SyncFolder::look(const std::stop_token& stop) {
  auto there = ask_host_side(*host_, *folder_, stop);
  if (there.folder == FolderThere::no_folder) {
    throw Error(Status::invalid, "sync.no_folder",
                folder_->there + " on " + folder_->host + " is there, and is no folder.",
                "Name another place with --remote-workspace-folder.");
  }
  program_ = choose_sync_program(settings_.text("sync_with"),
                                 this_side(core_.options().environment, stop), there);
  return there;
}

/// Unison can bring together what several machines changed; one way can not.
void SyncFolder::require_own(const HostSide& there) const {
  if (program_.name == "unison" || there.owner == machine_key()) return;
  if (there.owner.empty()) {
    throw Error(
        Status::invalid, "sync.not_empty",
        folder_->there + " on " + folder_->host + " has files in it that did not come from here.",
        "Install Unison on both machines: it brings both sides together; or name another "
        "place with --remote-workspace-folder.");
  }
  throw Error(Status::conflict, "sync.other_machine",
              folder_->there + " on " + folder_->host +
                  " is the copy of another machine's folder, which goes one way only.",
              "Install Unison on all of them to work on one copy together, or name a place of "
              "this machine's own with --remote-workspace-folder.");
}

SyncStatus SyncFolder::guarded(const std::stop_token& stop,
                               const std::function<void(SyncStatus& status)>& work) {
  const auto lock =
      FileLock::acquire(record_.run_lock(), LockMode::exclusive,
                        {.stop = stop, .timeout = longest_wait, .on_blocked = {}}, "sync");
  auto status = record_.read();
  try {
    work(status);
    status.program = program_.name;
    status.note = program_.note;
    status.last = std::time(nullptr);
    status.fault.clear();
    status.fault_code.clear();
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    status.fault = error.message();
    status.fault_code = error.code();
    record_.write(status);
    throw;
  }
  record_.write(status);
  return status;
}

void SyncFolder::upload(const HostSide& there, const std::stop_token& stop) {
  const auto files = list_sync_files(core_.options().environment, folder_->here, stop);
  const auto manifest = SyncRecord::manifest_of(folder_->here, files);
  const auto here = this_side(core_.options().environment, stop);
  upload_folder(core_, *host_, *folder_, files, here.zstd && there.zstd, stop);
  record_.write_manifest(manifest);
}

void SyncFolder::learn_rules(const std::stop_token& stop) {
  rules_ = list_sync_files(core_.options().environment, folder_->here, stop).rules;
}

SyncStatus SyncFolder::bring(const std::stop_token& stop, bool now) {
  if (auto known = record_.read();
      !now && known.continuous && known.last != 0 && known.fault.empty()) {
    return known;
  }
  return guarded(stop, [&](SyncStatus& status) {
    there_ = look(stop);
    const bool filled = there_->folder == FolderThere::filled;
    if (filled) {
      require_own(*there_);
    } else {
      upload(*there_, stop);
      there_->owner = machine_key();
    }
    // After an upload, too: Unison has to know the common state before either side changes it.
    if (filled || program_.name == "unison") run_program(status, SyncDirection::both, stop);
  });
}

SyncStatus SyncFolder::run(SyncDirection direction, const std::stop_token& stop, bool ask) {
  return guarded(stop, [&](SyncStatus& status) {
    if (ask || !there_) there_ = look(stop);
    if (there_->folder != FolderThere::filled && there_->owner.empty()) {
      throw Error(Status::not_found, "sync.not_there",
                  folder_->here + " has no copy on " + folder_->host + " yet.",
                  "`fairlead up` makes it.");
    }
    require_own(*there_);
    run_program(status, direction, stop);
  });
}

void SyncFolder::run_program(SyncStatus& status, SyncDirection direction,
                             const std::stop_token& stop) {
  auto files = list_sync_files(core_.options().environment, folder_->here, stop);
  rules_ = files.rules;
  if (program_.name != "unison") {
    status.conflicts.clear();
    return run_one_way(files, direction, stop);
  }
  const auto ready = std::exchange(ready_, nullptr);
  status.conflicts = run_unison(run_in(direction), rules_, stop,
                                direction == SyncDirection::both ? ready.get() : nullptr);
}

void SyncFolder::run_one_way(const SyncFiles& files, SyncDirection direction,
                             const std::stop_token& stop) {
  const bool pull = direction == SyncDirection::pull;
  if (pull && program_.name == "tar") {
    throw Error(Status::unsupported, "sync.one_way",
                "Without Unison and rsync on both machines nothing comes back from the host.",
                "Install one of them on both, or fetch files with `fairlead cp`.");
  }
  auto manifest = SyncRecord::manifest_of(folder_->here, files);
  const auto before = record_.read_manifest();
  if (!pull && manifest.empty() && !before.empty()) {
    throw Error(Status::failed, "sync.read",
                folder_->here + " is empty, and was not: nothing is removed on the host.",
                "Is it still there, and what is mounted on it?");
  }
  // Only what came from here goes: what the environment has made itself stays. Before the rest
  // comes, where a folder may stand in place of a file, or a link in place of a folder.
  std::vector<std::string> gone;
  for (const auto& [path, stamp] : before) {
    if (!manifest.contains(path) && !is_left_out(files.rules, path)) gone.push_back(path);
  }
  if (!pull) remove_there(*host_, *folder_, gone, stop);
  SyncPack changed{.folders = files.folders, .files = {}};
  for (const auto& [path, stamp] : manifest) {
    const auto known = before.find(path);
    if (known == before.end() || known->second != stamp) changed.files.insert(path);
  }
  const bool nothing = changed.files.empty() && gone.empty();
  if (program_.name == "rsync") {
    // What was changed there stays until it is changed here, or pushed over.
    const bool all = direction != SyncDirection::both;
    if (all || !nothing)
      run_rsync(run_in(direction), files.rules, all ? std::string() : list_of(changed), stop);
  } else if (!nothing) {
    const auto here = this_side(core_.options().environment, stop);
    upload_files(core_, *host_, *folder_, changed, here.zstd && there_->zstd, stop);
  }
  if (pull) return;
  record_.write_manifest(manifest);
}

void bring_folder_there(Core& core, const Workspace& workspace, const std::stop_token& stop,
                        bool now) {
  if (!workspace.synced) return;
  say(core, SyncFolder(core, workspace).bring(stop, now));
}

SyncStatus sync_status(Core& core, const Selection& selection, std::stop_token stop) {
  const auto workspace = open_workspace(core, selection, stop);
  return SyncRecord(core, *required(workspace)).read();
}

SyncStatus sync_now(Core& core, const Selection& selection, SyncDirection direction,
                    std::stop_token stop) {
  const auto workspace = open_workspace(core, selection, stop);
  SyncFolder folder(core, workspace);
  folder.run(direction, stop);
  return folder.record().read();
}

}  // namespace fairlead
