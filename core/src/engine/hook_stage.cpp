#include "engine/hook_stage.hpp"

#include "engine/enter_cache.hpp"
#include "engine/own_relay.hpp"
#include "engine/rest.hpp"
#include "engine/session.hpp"
#include "engine/snapshot.hpp"
#include "engine/system_setup.hpp"
#include "engine/the_host.hpp"

#include <utility>

namespace fairlead {
namespace {

bool is_proxy_variable_entry(const std::string& entry) {
  return is_proxy_variable(std::string_view(entry).substr(0, entry.find('=')));
}

class HookStage {
 public:
  HookStage(Core& core, const UpRequest& request, const Workspace& workspace, const Found& found,
            const CreatedInstance& made, std::stop_token stop)
      : core_(core),
        request_(request),
        workspace_(workspace),
        found_(found),
        made_(made),
        instance_(made.instance),
        stop_(std::move(stop)),
        inside_{.backend = found.backend, .refresh = {}},
        key_(environment_key(found.backend->name(), made.instance)) {}

  Rest run() {
    const auto merged = merged_for_instance(core_, workspace_, instance_);
    const auto work = wanted_work(merged, request_.lifecycle);
    // Without a command to run nothing has to be known of the inside: no exec at all, but where the
    // reference has one.
    const bool nothing = !has_commands(merged, work);
    // In a new instance there is more to do than the relay's start takes.
    if (!nothing) {
      inside_ = with_own_relay(core_, workspace_, found_.backend, instance_, merged,
                               made_.created ? RelayStart::now : RelayStart::when_needed, stop_);
    }
    if (!nothing || made_.wanted_ids || core_.mode() == Mode::drop_in) {
      prepare(nothing && !work.empty() ? marks_of(merged, work)
                                       : user_to_look_up(core_.mode(), merged, instance_));
    }
    if (nothing) return {};
    auto lock = try_lock_hooks(core_, key_);
    auto session = open();
    auto due = due_work(session, work, request_.lifecycle);
    if (!lock && joins(session.merged, due)) return {};
    if (!lock) {
      lock = lock_hooks(core_, key_, stop_);
      session = open();
      due = due_work(session, work, request_.lifecycle);
    }
    if (!request_.lifecycle.leave_rest) {
      run_work(core_, session, due, request_.lifecycle, stop_);
      return {};
    }
    run_work(core_, session, up_to_wait_for(session.merged, due), request_.lifecycle, stop_);
    if (after_wait_for(session.merged, due).empty()) return {};
    return {.lock = lock->take(), .log = rest_log_path(core_, key_)};
  }

 private:
  void prepare(FirstMarks marks) {
    auto instance = instance_;
    // What goes into /etc/environment goes into a snapshot, too.
    if (!request_.snapshot_names.empty()) std::erase_if(instance.env, is_proxy_variable_entry);
    prepare_system(core_, *inside_.backend, instance,
                   {.folder = request_.remote.container_system_data_folder,
                    .wanted = made_.wanted_ids,
                    .marks = std::move(marks)},
                   stop_);
  }

  FirstMarks marks_of(const MergedConfig& merged, const Work& work) const {
    FirstMarks marks{.user = remote_account_of(merged, instance_),
                     .folder = marker_folder(instance_, request_.remote.container_data_folder),
                     .files = {}};
    if (made_.created) marks.files = markers_of(work, instance_);
    return marks;
  }

  Session open() {
    auto session = open_session(core_, workspace_, inside_.backend, instance_, request_.remote,
                                /*need_markers=*/true, stop_);
    session.before_hook = inside_.refresh;
    // What a prebuild makes is for everybody; the reference gives them to it all the same.
    const bool for_all = request_.lifecycle.prebuild && core_.mode() == Mode::fairlead;
    if (!for_all) session.secrets = request_.secrets;
    return session;
  }

  /// Somebody is at what this `up` would leave to the background, and nothing else is to be done.
  bool joins(const MergedConfig& merged, const Work& due) const {
    if (!request_.lifecycle.leave_rest || !up_to_wait_for(merged, due).empty()) return false;
    core_.log().text(LogLevel::info,
                     "Lifecycle commands still run in the container; `fairlead logs -f` shows "
                     "them.");
    return true;
  }

  Core& core_;
  const UpRequest& request_;
  const Workspace& workspace_;
  const Found& found_;
  const CreatedInstance& made_;
  const InstanceInfo& instance_;
  std::stop_token stop_;
  WayInside inside_;
  std::string key_;
};

}  // namespace

Rest run_hook_stage(Core& core, const UpRequest& request, const Workspace& workspace,
                    const Found& found, const CreatedInstance& made, std::stop_token stop) {
  return HookStage(core, request, workspace, found, made, std::move(stop)).run();
}

}  // namespace fairlead
