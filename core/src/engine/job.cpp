#include "engine/deadlines.hpp"
#include "engine/enter_cache.hpp"
#include "engine/find.hpp"

#include <fairlead/manage.hpp>

namespace fairlead {
namespace {

/// Removes what the job has made, when it goes out of scope: a cancelled or failed job leaves
/// nothing either.
class Cleaner {
 public:
  Cleaner(Core& core, const Selection& selection, const std::stop_token& stop) : core_(core) {
    workspace_ = open_workspace(core, selection, stop);
    selection_ = selection;
    const auto found = find_environment(core, *workspace_, selection, stop);
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
      // Not the caller's stop token: an interrupted job cleans up as well.
      const auto found = find_environment(core_, *workspace_, selection_, {});
      if (!found.instance) return;
      const LogStep step(core_.log(), "Removing container " + found.instance->name);
      found.backend->remove({.id = found.instance->id, .force = true, .volumes = true}, change({}));
      forget_environment(core_, found.backend->name(), found.instance->id);
    } catch (const Error& error) {
      core_.log().text(LogLevel::warning,
                       "The job's container could not be removed: " + error.message());
    }
  }

 private:
  Core& core_;
  std::optional<Workspace> workspace_;  ///< absent: nothing is to be removed
  Selection selection_;
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
