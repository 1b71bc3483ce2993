#include "base/lock.hpp"
#include "base/paths.hpp"
#include "engine/built_images.hpp"
#include "engine/deadlines.hpp"
#include "engine/early_list.hpp"
#include "engine/enter_cache.hpp"
#include "engine/image_plan.hpp"

#include <fairlead/manage.hpp>

#include <filesystem>
#include <set>

namespace fairlead {
namespace {

namespace fs = std::filesystem;
using Kind = Leftover::Kind;

constexpr std::chrono::seconds answer_limit{2};

/// On images with features that we built, by either name.
/// Volumes that hold a workspace's content where folders cannot be mounted.
constexpr std::string_view content_volume = "workspace-";
constexpr std::size_t id_length = 52;

std::int64_t size_of(const fs::path& folder) {
  std::error_code error;
  std::int64_t size = 0;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (it->is_regular_file(error)) size += static_cast<std::int64_t>(it->file_size(error));
  }
  return size;
}

void add_folder(Leftovers& found, Kind kind, const fs::path& folder, std::string name) {
  found.items.push_back({.kind = kind,
                         .backend = {},
                         .id = folder.string(),
                         .name = std::move(name),
                         .size_bytes = size_of(folder)});
}

void add_file(Leftovers& found, const fs::path& file, std::string name) {
  std::error_code error;
  const auto size = static_cast<std::int64_t>(fs::file_size(file, error));
  found.items.push_back({.kind = Kind::state,
                         .backend = {},
                         .id = file.string(),
                         .name = std::move(name),
                         .size_bytes = error ? -1 : size});
}

bool is_content_volume(const std::string& name) {
  return name.starts_with(content_volume) && name.size() == content_volume.size() + id_length;
}

void add_objects(const Core& core, Leftovers& found, Backend& backend,
                 const std::stop_token& stop) {
  const auto images =
      backend.objects({.kind = ObjectKind::image, .labels = {}, .unused = true}, question(stop));
  for (const auto& image : images.objects) {
    // A snapshot has its base's label emptied: somebody named it and keeps it.
    const auto workspace = image.labels.find(workspace_key);
    const bool named = workspace != image.labels.end() && !workspace->second.empty();
    if (!named && !is_built_by_us(core, image.id, image.labels)) continue;
    const auto name = image.names.empty() ? "(no name)" : image.names.front();
    // By name where it has one: an image with several names loses one of them only.
    found.items.push_back({Kind::image, backend.name(),
                           image.names.empty() ? image.id : image.names.front(), name,
                           image.size_bytes});
  }
  const auto volumes =
      backend.objects({.kind = ObjectKind::volume, .labels = {}, .unused = true}, question(stop));
  for (const auto& volume : volumes.objects) {
    if (is_content_volume(volume.id))
      found.items.push_back(
          {Kind::volume, backend.name(), volume.id, volume.id, volume.size_bytes});
  }
}

/// Of the instances that the backends still know.
struct Known {
  std::set<std::string> backends;  ///< that have answered
  std::set<std::string> ids;
  std::set<std::string> folders;
};

/// What a backend has, and in `known` its instances.
void ask(Core& core, const Settings& settings, const std::string& name, Leftovers& found,
         Known& known, const std::stop_token& stop) {
  try {
    const auto backend = core.backend(name, settings);
    backend->probe({}, {.stop = stop, .timeout = answer_limit});
    for (const auto& instance :
         backend->list({.labels = {}, .all = true}, question(stop)).instances) {
      known.ids.insert(instance.id);
      known.folders.insert(environment_folder(core, name, instance.id));
    }
    known.backends.insert(name);
    add_objects(core, found, *backend, stop);
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    // A backend without stored objects has answered all the same, and one without an engine has
    // nothing.
    if (error.status() == Status::unsupported || error.code() == "engine.absent") return;
    found.silent.push_back({name, error.message()});
  }
}

std::optional<FileLock> workspace_lock(const Core& core, const std::string& id) {
  return FileLock::try_acquire(core.state_folder() + "/locks/" + id + ".lock", LockMode::exclusive,
                               "prune");
}

void add_state(const Core& core, const std::string& host, const Known& known, Leftovers& found) {
  for (const auto& folder : entries_of(core.state_folder() + "/staging")) {
    // A build that runs holds the workspace's lock.
    if (workspace_lock(core, folder.filename().string()))
      add_folder(found, Kind::state, folder, "a build that was interrupted");
  }
  for (const auto& note : notes_of_nothing(core, host, known.backends, known.ids))
    add_file(found, note, "a note of a container that is gone");
  // Who did not answer may still have what is remembered of it.
  if (!found.silent.empty()) return;
  for (const auto& folder : entries_of(core.runtime_folder() + "/environments")) {
    if (!known.folders.contains(folder.string()))
      add_folder(found, Kind::state, folder, "the environment of a container that is gone");
  }
}

bool remove(Core& core, const Settings& settings, const Leftover& item,
            const std::stop_token& stop) {
  if (item.kind == Kind::image || item.kind == Kind::volume) {
    const auto kind = item.kind == Kind::image ? ObjectKind::image : ObjectKind::volume;
    core.backend(item.backend, settings)
        ->remove_object({.kind = kind, .id = item.id}, change(stop));
    return true;
  }
  std::error_code error;
  fs::remove_all(item.id, error);
  if (!error) return true;
  core.log().text(LogLevel::warning, item.id + " stays: " + error.message());
  return false;
}

}  // namespace

Leftovers find_leftovers(Core& core, std::stop_token stop) {
  const auto settings = core.settings(core.options().working_directory, nullptr);
  Leftovers found;
  Known known;
  std::set<std::string> asked;
  for (const auto& entry : core.plugins(settings).entries()) {
    if (!entry.refusal.empty()) continue;
    for (const auto& name : entry.manifest.backends) {
      if (asked.insert(name).second) ask(core, settings, name, found, known, stop);
    }
  }
  add_state(core, settings.text("host"), known, found);
  return found;
}

std::vector<Leftover> remove_leftovers(Core& core, const std::vector<Leftover>& items,
                                       std::stop_token stop) {
  const auto settings = core.settings(core.options().working_directory, nullptr);
  std::vector<Leftover> gone;
  for (const auto& item : items) {
    try {
      if (remove(core, settings, item, stop)) gone.push_back(item);
    } catch (const Error& error) {
      if (error.status() != Status::conflict) throw;
      core.log().text(LogLevel::warning, item.name + " stays: " + error.message());
    }
  }
  return gone;
}

}  // namespace fairlead
