#include "engine/relay_mount.hpp"

#include "base/atomic_file.hpp"
#include "engine/the_host.hpp"
#include "ports/relay_place.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

constexpr mode_t for_everybody = 0755;  ///< the user inside may be anybody

fs::path folder_of(const Core& core) { return fs::path(core.data_folder()) / "relay"; }

void fill(const fs::path& folder) {
  for (const auto& program : ports::relay_programs()) {
    const auto file = folder / program.file_name();
    if (read_file_if_there(file) == program.content) continue;
    write_file(file, program.content, for_everybody);
  }
}

void make(const fs::path& folder) {
  make_folders(folder);
  ::chmod(folder.c_str(), for_everybody);
  fill(folder);
}

/// Returns the folder here; empty: there is no mount.
std::string add_relay_mount(const Core& core, const ProbeReply& probe, CreateRequest& create) {
  if (core.mode() == Mode::drop_in || !probe.local || !probe.capabilities.live_binds) return {};
  const std::string place = ports::relay_folder;
  const bool taken = std::ranges::any_of(create.mounts, [&](const Mount& mount) {
    return mount.target == place || mount.target.starts_with(place + '/');
  });
  if (taken) return {};
  const auto folder = folder_of(core);
  try {
    make(folder);
  } catch (const Error& error) {
    core.log().text(LogLevel::debug, "The relay is not mounted: " + error.message());
    return {};
  }
  create.mounts.push_back(
      {.type = MountType::bind, .source = folder.string(), .target = place, .read_only = true});
  return folder.string();
}

/// Takes the mount out again when `error` is about it. False: it is about something else.
bool drop_relay_mount(const std::string& folder, const Error& error, CreateRequest& create) {
  if (folder.empty() || error.message().find(folder) == std::string::npos) return false;
  return std::erase_if(create.mounts, [&](const Mount& mount) { return mount.source == folder; }) >
         0;
}

}  // namespace

CreatedInstance create_with_relay(Core& core, const Workspace& workspace, CreateRequest create,
                                  const ProbeReply& abilities, const Found& found,
                                  const std::stop_token& stop) {
  const auto folder = is_the_host(core, workspace.settings)
                          ? std::string()
                          : add_relay_mount(core, abilities, create);
  try {
    return create_and_start(core, workspace, create, found.backend, stop);
  } catch (const Error& error) {
    if (!drop_relay_mount(folder, error, create)) throw;
    core.log().text(LogLevel::debug, "Without the relay's mount: " + error.message());
  }
  return create_and_start(core, workspace, std::move(create), found.backend, stop);
}

void renew_relay_folder(const Core& core) {
  const auto folder = folder_of(core);
  std::error_code error;
  if (!fs::is_directory(folder, error)) return;
  try {
    fill(folder);
  } catch (const Error& why) {
    core.log().text(LogLevel::debug, "The relay's folder is not renewed: " + why.message());
  }
}

bool has_relay_mount(const Core& core, const InstanceInfo& instance) {
  const auto folder = folder_of(core).string();
  return std::ranges::any_of(instance.mounts, [&](const Mount& mount) {
    return mount.target == ports::relay_folder && mount.source == folder;
  });
}

void restore_relay_folder(const Core& core, const InstanceInfo& instance) {
  const auto folder = folder_of(core);
  std::error_code error;
  if (!has_relay_mount(core, instance) || fs::is_directory(folder, error)) return;
  try {
    make(folder);
  } catch (const Error& why) {
    core.log().text(LogLevel::debug, "The relay's folder is not there: " + why.message());
  }
}

}  // namespace fairlead
