#include "engine/call_log.hpp"
#include "engine/deadlines.hpp"
#include "engine/enter_cache.hpp"
#include "engine/find.hpp"
#include "engine/stored_objects.hpp"

#include <fairlead/manage.hpp>

namespace fairlead {
namespace {

/// Removes what the job has made, when it goes out of scope: a cancelled or failed job leaves
/// nothing either. Of a group nothing is removed when something of it was there before the job, but
/// for the job's own container; named volumes stay, they may be from before.
class Cleaner {
 public:
  Cleaner(Core& core, const Selection& selection, const std::stop_token& stop)
      : core_(core), selection_(selection) {
    workspace_ = with_devcontainer_id(open_workspace(core, selection, stop));
    const auto found = find_environment(core, *workspace_, selection, stop, LookFor::group);
    if (found.group) group_labels_ = found.group->resolved.group_labels;
    shares_group_ = !group_labels_.empty() && !instances_of_group(*found.backend, stop).empty();
    if (found.instance) workspace_.reset();  // somebody else's, in use for longer than this job
  }
  /// There was a container before the job.
  bool is_others() const { return !workspace_; }
  Cleaner(const Cleaner&) = delete;
  Cleaner& operator=(const Cleaner&) = delete;

  ~Cleaner() {
    if (!workspace_) {
      core_.log().text(LogLevel::info, "The container was there before and stays.");
      return;
    }
    try {
      clean();
    } catch (const Error& error) {
      core_.log().text(LogLevel::warning,
                       "The job's container could not be removed: " + error.message());
    }
  }

 private:
  std::vector<InstanceInfo> instances_of_group(Backend& backend,
                                               const std::stop_token& stop) const {
    return backend.list({.labels = group_labels_}, question(stop)).instances;
  }

  /// Compose would leave them behind: new ones each time, of every image that has volumes.
  std::vector<std::string> anonymous_volumes_of_group(Backend& backend) const {
    std::vector<std::string> names;
    for (const auto& member : instances_of_group(backend, {})) {
      for (const auto& mount : member.mounts) {
        if (mount.type == MountType::volume && is_anonymous(mount.source))
          names.push_back(mount.source);
      }
    }
    return names;
  }

  /// Not with the caller's stop token: an interrupted job cleans up as well.
  void clean() {
    auto found = find_environment(core_, *workspace_, selection_, {});
    const bool whole_group = !group_labels_.empty() && !shares_group_;
    if (!found.instance && whole_group) {
      const auto left = instances_of_group(*found.backend, {});
      if (!left.empty()) found.instance = left.front();
    }
    if (may_be_elsewhere(core_, found)) throw missing_environment(core_, found);
    if (!found.instance) return;
    const auto& instance = *found.instance;
    const LogStep step(core_.log(), "Removing container " + instance.name);
    const auto backend = group_backend(core_, workspace_->settings, found.backend, instance);
    const auto group = whole_group ? group_of(core_, *workspace_, instance) : std::nullopt;
    const auto volumes = group ? anonymous_volumes_of_group(*backend) : std::vector<std::string>{};
    auto options = logged_call(core_, {}, LogLevel::debug);
    options.timeout = change_limit;
    backend->remove({.id = instance.id, .force = true, .volumes = !group, .group = group},
                    std::move(options));
    forget_environment(core_, backend->name(), instance.id);
    for (const auto& name : volumes)
      remove_object(core_, *backend, {.kind = ObjectKind::volume, .id = name}, {});
  }

  Core& core_;
  Selection selection_;
  std::optional<Workspace> workspace_;     ///< absent: nothing is to be removed
  std::vector<std::string> group_labels_;  ///< on all of the group; empty: there is none
  bool shares_group_ = false;              ///< something of it was there before
};

}  // namespace

int run_job(Core& core, JobRequest request, std::stop_token stop) {
  request.up.selection = fetch_workspace(core, std::move(request.up.selection), stop);
  const Cleaner cleaner(core, request.up.selection, stop);
  up(core, request.up, stop);
  request.command.selection = request.up.selection;
  return exec(core, std::move(request.command), stop);
}

BuildResult prebuild(Core& core, UpRequest request, std::stop_token stop) {
  if (request.snapshot_names.empty()) {
    throw Error(Status::invalid, "build.options", "--prebuild needs --image-name.",
                "Name the image that is to be made.");
  }
  request.selection = fetch_workspace(core, std::move(request.selection), stop);
  request.lifecycle.prebuild = true;
  const Cleaner cleaner(core, request.selection, stop);
  if (cleaner.is_others() && !request.remove_existing) {
    throw Error(Status::conflict, "build.container",
                "The workspace has a container already, and what somebody did in it would be in "
                "the image.",
                "`fairlead down` removes it; the image is then made of a new one.");
  }
  const auto made = up(core, request, stop);
  return {.images = request.snapshot_names, .group = !made.group.empty()};
}

}  // namespace fairlead
