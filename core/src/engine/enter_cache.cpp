#include "engine/enter_cache.hpp"

#include "base/atomic_file.hpp"
#include "base/sha256.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <system_error>

namespace fairlead {
namespace {

constexpr std::size_t file_limit = 4U << 20U;
constexpr std::chrono::hours hopeless_for{24};

std::filesystem::path folder_of(const Core& core, const std::string& backend,
                                const std::string& id) {
  return std::filesystem::path(core.runtime_folder()) / "environments" /
         sha256_hex(backend + '\n' + id).substr(0, 32);
}

std::filesystem::path hopeless_file(const Core& core, const std::string& backend,
                                    const InstanceInfo& instance, const std::string& user) {
  return folder_of(core, backend, instance.id) / (sha256_hex(user) + ".no-relay");
}

}  // namespace

EnterCache::EnterCache(const Core& core, const std::string& backend, const InstanceInfo& instance,
                       const EnterRequest& request)
    : key_(backend + '\n' + instance.id + '\n' + instance.started + '\n' + request.user + '\n' +
           std::to_string(static_cast<int>(request.probe))),
      file_(folder_of(core, backend, instance.id) / (sha256_hex(request.user) + ".json")) {}

std::optional<Inside> EnterCache::load() const {
  try {
    const auto text = read_file_if_there(file_, file_limit);
    if (!text) return {};
    const auto json = nlohmann::json::parse(*text);
    if (json.at("key") != key_) return {};
    return Inside{.user = json.at("user"),
                  .home = json.at("home"),
                  .shell = json.at("shell"),
                  .probed = json.at("environment").get<Environment>(),
                  .markers = {},
                  .profile_patched = json.at("profile_patched")};
  } catch (const std::exception&) {
    return {};  // a damaged cache is an empty one
  }
}

void EnterCache::save(const Inside& inside) const {
  const nlohmann::json json = {{"key", key_},
                               {"user", inside.user},
                               {"home", inside.home},
                               {"shell", inside.shell},
                               {"environment", inside.probed},
                               {"profile_patched", inside.profile_patched}};
  try {
    // Values are bytes, and JSON is UTF-8: an environment that is not is probed each time (dump
    // throws).
    write_cache_file(file_, json.dump(), 0600);
  } catch (const std::exception&) {
    // Only time is lost.
  }
}

bool system_is_prepared(const Core& core, const std::string& backend, const std::string& id) {
  std::error_code ignored;
  return std::filesystem::exists(folder_of(core, backend, id) / "system", ignored);
}

void remember_prepared_system(const Core& core, const std::string& backend, const std::string& id) {
  try {
    write_file(folder_of(core, backend, id) / "system", {}, 0600);
  } catch (const Error&) {
    // One more exec the next time.
  }
}

bool relay_is_hopeless(const Core& core, const std::string& backend, const InstanceInfo& instance,
                       const std::string& user) {
  try {
    const auto file = hopeless_file(core, backend, instance, user);
    const auto began = read_file_if_there(file, file_limit);
    if (began != instance.started) return false;
    const auto age =
        std::filesystem::file_time_type::clock::now() - std::filesystem::last_write_time(file);
    return age < hopeless_for;
  } catch (const std::exception&) {
    return false;
  }
}

void remember_hopeless_relay(const Core& core, const std::string& backend,
                             const InstanceInfo& instance, const std::string& user) {
  try {
    write_cache_file(hopeless_file(core, backend, instance, user), instance.started, 0600);
  } catch (const Error&) {
    // It is tried again the next time.
  }
}

std::string environment_folder(const Core& core, const std::string& backend,
                               const std::string& id) {
  return folder_of(core, backend, id).string();
}

void forget_environment(const Core& core, const std::string& backend, const std::string& id) {
  std::error_code ignored;
  std::filesystem::remove_all(folder_of(core, backend, id), ignored);
}

}  // namespace fairlead
