#include "engine/rest.hpp"

#include "base/sha256.hpp"

#include <csignal>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::hours longest_wait{24};
constexpr std::chrono::seconds cancel_limit{10};

constexpr const char* purpose = "lifecycle commands";
constexpr const char* rest_purpose = "lifecycle commands in the background";

fs::path lock_path(const Core& core, const std::string& key) {
  return fs::path(core.state_folder()) / "locks" / (key + ".hooks.lock");
}

}  // namespace

std::string environment_key(const std::string& backend, const InstanceInfo& instance) {
  const auto& name = instance.name.empty() ? instance.id : instance.name;
  return sha256_hex(backend + '\n' + name).substr(0, 32);
}

FileLock lock_hooks(const Core& core, const std::string& key, std::stop_token stop) {
  LockWait wait{.stop = std::move(stop), .timeout = longest_wait};
  wait.on_blocked = [&](const std::string& holder) {
    core.log().text(LogLevel::info,
                    "Waiting for " + holder + " in this container; `fairlead logs -f` shows them.");
  };
  return FileLock::acquire(lock_path(core, key), LockMode::exclusive, wait, purpose);
}

std::optional<FileLock> try_lock_hooks(const Core& core, const std::string& key) {
  return FileLock::try_acquire(lock_path(core, key), LockMode::exclusive, purpose);
}

FileLock adopt_rest(UniqueFd rest) { return FileLock::adopt(std::move(rest), rest_purpose); }

std::string rest_log_path(const Core& core, const std::string& key) {
  return (fs::path(core.state_folder()) / "logs" / (key + ".log")).string();
}

void cancel_rest(const Core& core, const std::string& key, bool forget) {
  const auto path = lock_path(core, key);
  const auto end = std::chrono::steady_clock::now() + cancel_limit;
  std::error_code ignored;
  for (bool told = false; fs::exists(path, ignored);) {
    if (FileLock::try_acquire(path, LockMode::shared)) break;
    const auto holder = lock_holder(path);
    const bool in_foreground = holder.ends_with(std::string("(") + purpose + ')');
    if (in_foreground) return;
    if (!holder.empty() && !std::exchange(told, true)) {
      core.log().text(LogLevel::info, "Ending the lifecycle commands that still run.");
      ::kill(lock_holder_process(path), SIGTERM);
    }
    if (std::chrono::steady_clock::now() >= end) {
      throw Error(Status::timeout, "lock.timeout",
                  "The lifecycle commands that still run do not end.",
                  "`fairlead logs` shows what they are at.");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  if (forget) fs::remove(rest_log_path(core, key), ignored);
}

}  // namespace fairlead
