#include "base/lock.hpp"
#include "base/pipe.hpp"
#include "engine/folder_watch.hpp"
#include "engine/remote_watch.hpp"
#include "engine/sync_folder.hpp"
#include "plugins/stop_fd.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace fairlead {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds settle{40};         // of a change: an editor writes more than once
constexpr milliseconds first_pause{1000};  // after a failure, doubled each time
constexpr milliseconds longest_pause{15'000};
constexpr milliseconds look_again{30'000};  // without any event
constexpr milliseconds look_often{5'000};   // when the kernel tells not all
constexpr std::chrono::hours for_ever{24 * 365};

constexpr std::string_view report_end = "=\n";  // a line

/// Of the first whole one in the text; 0: there is none.
std::size_t size_of_report(const std::string& text) {
  if (text.starts_with(report_end)) return report_end.size();
  const auto end = text.find('\n' + std::string(report_end));
  return end == std::string::npos ? 0 : end + 1 + report_end.size();
}

}  // namespace

/// One thread follows, one listens to the host. What wakes the first is `changed_`.
struct ContinuousSync::State {
  State(Core& core, const Selection& selection, const std::stop_token& stop)
      : folder(core, open_workspace(core, selection, stop)),
        watch(folder.folder().here),
        follower([this](const std::stop_token& end) { follow(end); }) {}

  void follow(const std::stop_token& stop) {
    try {
      const auto lock =
          FileLock::acquire(folder.record().follow_lock(), LockMode::exclusive,
                            {.stop = stop, .timeout = for_ever, .on_blocked = {}}, "sync");
      const std::jthread listener([this](const std::stop_token& end) { listen(end); });
      folder.learn_rules(stop);
      auto pause = first_pause;
      while (!stop.stop_requested()) {
        const bool good = run(stop);
        pause = good ? first_pause : std::min(pause * 2, longest_pause);
        if (good) folder.make_ready();
        good ? wait_for_change(stop) : rest(stop, pause);
      }
    } catch (const Error& error) {
      if (error.status() != Status::cancelled)
        folder.core().log().text(LogLevel::warning, error.message());
    }
  }

  bool run(const std::stop_token& stop) {
    try {
      // Folders are watched before they are read, so that nothing falls between.
      complete = watch.cover(folder.rules());
      if (watch.fd() >= 0) watch.take(folder.rules());
      {
        const std::lock_guard lock(mutex);
        heard.clear();
      }
      folder.run(SyncDirection::both, stop, std::exchange(ask, false));
      const std::lock_guard lock(mutex);
      connected = true;
      wake.notify_all();
      return true;
    } catch (const Error& error) {
      if (error.status() != Status::cancelled)
        folder.core().log().text(LogLevel::info, error.message());
      ask = true;  // another machine may answer by then, with other programs
      return false;
    }
  }

  /// Until something here or there has changed, and has settled.
  void wait_for_change(const std::stop_token& stop) {
    const auto limit = complete ? look_again : look_often;
    const auto end = std::chrono::steady_clock::now() + limit;
    const StopFd stopped(stop);
    while (!stop.stop_requested() && std::chrono::steady_clock::now() < end) {
      std::array<pollfd, 2> ready{pollfd{watch.fd(), POLLIN, 0}, pollfd{stopped.get(), POLLIN, 0}};
      ::poll(ready.data(), ready.size(), 250);
      if (differs(take_heard(), folder.folder().here, folder.folder().there, folder.rules()))
        return;
      if (ready[0].revents != 0 && watch.take(folder.rules())) return rest(stop, settle);
    }
  }

  std::string take_heard() {
    const std::lock_guard lock(mutex);
    return std::exchange(heard, {});
  }

  void rest(const std::stop_token& stop, milliseconds time) {
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, time, [] { return false; });
  }

  /// What changes there; a session that ends is begun again, once a run has shown that the host
  /// answers.
  void listen(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      {
        std::unique_lock lock(mutex);
        wake.wait(lock, stop, [&] { return connected; });
        connected = false;
      }
      if (stop.stop_requested()) return;
      try {
        hear(stop);
      } catch (const Error&) {  // the next run tells what is wrong
        rest(stop, first_pause);
      }
    }
  }

  void hear(const std::stop_token& stop) {
    auto out = make_pipe();
    CallOptions options{.stop = stop};
    SpawnRequest request{
        .argv = {"/bin/sh", "-c", remote_watch_script, "sh", folder.folder().there}};
    request.out = options.pass(std::move(out.write_end));
    std::string report;
    const PipeReader reader(std::move(out.read_end), [this, &report](std::string_view said) {
      report += said;
      for (auto size = size_of_report(report); size > 0; size = size_of_report(report)) {
        const std::lock_guard lock(mutex);
        heard += report.substr(0, size - report_end.size());
        report.erase(0, size);
      }
    });
    folder.host().spawn(request, std::move(options));
  }

  SyncFolder folder;
  FolderWatch watch;
  bool complete = true;
  bool ask = true;
  std::mutex mutex;
  std::condition_variable_any wake;
  std::string heard;  ///< what the host reported since the last run began
  bool connected = false;
  std::jthread follower;  ///< last: it uses the rest
};

ContinuousSync::ContinuousSync(Core& core, const Selection& selection, std::stop_token stop)
    : state_(std::make_unique<State>(core, selection, stop)) {}

ContinuousSync::~ContinuousSync() = default;

}  // namespace fairlead
