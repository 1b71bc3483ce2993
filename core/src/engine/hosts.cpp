#include "base/atomic_file.hpp"
#include "engine/host_access.hpp"
#include "settings/edit.hpp"

#include <fairlead/error.hpp>
#include <fairlead/hosts.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

/// "ssh://me@box/some/folder" without the folder.
std::string without_folder(const std::string& address) {
  const auto scheme = address.find("://");
  return scheme == std::string::npos ? address : address.substr(0, address.find('/', scheme + 3));
}

/// Settings files are often links into a folder that is kept elsewhere.
fs::path own_file(const Core& core) {
  auto file = standard_settings_sources(core.options().environment).user;
  std::error_code ignored;
  if (fs::is_symlink(file, ignored)) file = fs::weakly_canonical(file, ignored);
  return file;
}

mode_t mode_of(const fs::path& file) {
  constexpr mode_t usual = 0600;
  struct stat info {};
  return ::stat(file.c_str(), &info) == 0 ? info.st_mode & 0777U : usual;
}

HostChange keep(const fs::path& file, const std::string& address, const std::string& before,
                const std::string& after) {
  if (after != before) write_file(file, after, mode_of(file));
  return {.address = address, .file = file.string(), .changed = after != before};
}

}  // namespace

Settings on_host(const Settings& settings, const std::string& host) {
  auto all = settings.effective();
  std::ranges::find(all, "host", [](const Setting& s) { return s.spec.key; })->value = host;
  return {std::move(all), settings.warnings()};
}

std::vector<KnownHost> list_hosts(Core& core) {
  const auto settings = core.settings(core.options().working_directory, nullptr);
  const auto& usual = settings.text("host");
  std::vector<KnownHost> hosts;
  for (const auto& address : settings.list("hosts")) {
    hosts.push_back({address, settings.at("hosts").origin.text(), address == usual});
  }
  const bool listed = std::ranges::any_of(hosts, &KnownHost::usual);
  if (usual != "local" && !listed)
    hosts.push_back({usual, settings.at("host").origin.text(), true});
  return hosts;
}

HostChange add_host(Core& core, const std::string& address) {
  const auto settings = core.settings({}, nullptr);
  const auto host = without_folder(address);
  if (host == "local") {
    throw Error(Status::invalid, "host.address", "'local' is this machine, which is always there.",
                "Addresses look like ssh://user@host.");
  }
  connect_host(core, on_host(settings, host), {});  // its plugin reads the name
  const auto file = own_file(core);
  const auto before = read_file_if_there(file).value_or("");
  // A list of the user's own stands in place of the system's.
  const auto& others = settings.list("hosts");
  return keep(file, host, before, with_item(before, "hosts", host, others, file.string()));
}

HostChange remove_host(Core& core, const std::string& address) {
  const auto host = without_folder(address);
  const auto file = own_file(core);
  const auto before = read_file_if_there(file).value_or("");
  auto change = keep(file, host, before, without_item(before, "hosts", host, file.string()));
  if (change.changed) return change;
  const auto known = list_hosts(core);
  const auto found = std::ranges::find(known, host, &KnownHost::address);
  throw Error(Status::not_found, "host.not_added",
              "The host '" + host + "' is not in your own list of hosts.",
              found == known.end() ? "`fairlead host list` shows those that are."
                                   : "It comes from " + found->origin + ": change it there.");
}

}  // namespace fairlead
