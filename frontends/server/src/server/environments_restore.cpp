#include "server/environments.hpp"
#include "server/forwards_file.hpp"
#include "server/free_ports.hpp"

#include <chrono>
#include <utility>

namespace fairlead::server {
namespace {

constexpr std::chrono::seconds restore_limit{5};
constexpr std::chrono::seconds ports_limit{1};
constexpr std::chrono::seconds engine_pause{3};  // of an engine that is just being started
constexpr int most_tries = 20;
/// Where others have answered: who has not may never do so, as nothing of its may be meant.
constexpr int few_tries = 2;

}  // namespace

std::optional<Error> Environments::restore(const SavedForwards& environment,
                                           const std::stop_token& stop) {
  try {
    forward(environment.caller,
            {.detect = environment.detect,
             .relay = environment.relay,
             .sync = environment.sync,
             .wishes = environment.wishes},
            stop);
  } catch (const Error& error) {
    Log(log_).text(LogLevel::info, error.message());
    if (error.status() == Status::unavailable) return error;  // else it is not there any more
  } catch (const std::exception& error) {
    Log(log_).text(LogLevel::warning, error.what());
  }
  return std::nullopt;
}

void Environments::restore_patiently(const SavedForwards& environment,
                                     const std::stop_token& stop) {
  for (int tries = 1;; ++tries) {
    const auto why = restore(environment, stop);
    if (!why) return;
    std::unique_lock lock(mutex_);
    if (tries == (why->code() == "environment.unanswered" ? few_tries : most_tries)) {
      unanswered_.push_back(environment);
      return;
    }
    wake_.wait_for(lock, stop, engine_pause, [] { return false; });
    if (stop.stop_requested()) return;
  }
}

void Environments::restore() {
  auto saved = read_forwards(place_.forwards_file());
  restoring_ = saved.size();
  for (auto& environment : saved) {
    restorers_.emplace_back(
        [this, environment = std::move(environment)](const std::stop_token& stop) {
          wait_for_free_ports(environment.wishes, ports_limit, stop);
          restore_patiently(environment, stop);
          {
            const std::lock_guard lock(mutex_);
            --restoring_;
          }
          changed();
        });
  }
}

void Environments::wait_until_restored(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, stop, restore_limit, [&] { return restoring_ == 0; });
}

}  // namespace fairlead::server
