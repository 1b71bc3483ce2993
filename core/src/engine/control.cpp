#include "engine/control.hpp"

#include "base/atomic_file.hpp"
#include "features/http_client.hpp"

#include <fairlead/engine.hpp>

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <optional>
#include <utility>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

constexpr const char* copy_name = "control-manifest.json";
constexpr std::time_t fresh_seconds = 300;
constexpr std::size_t most_bytes = std::size_t{1} << 20U;
/// Nobody waits long for a list that is a courtesy.
constexpr HttpTimes times{.connect = std::chrono::seconds(3),
                          .stall = std::chrono::seconds(3),
                          .total = std::chrono::seconds(5)};

bool is_fresh(const fs::path& file) {
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0) return false;
  const auto age = ::time(nullptr) - info.st_mtim.tv_sec;
  return age >= 0 && age < fresh_seconds;
}

std::string fetch(const Core& core, const std::string& address, std::stop_token stop) {
  HttpClient client(core.options().environment, times);
  std::string body;
  const auto take = [&body](const HttpAnswer&, std::string_view piece) {
    if (body.size() + piece.size() > most_bytes) {
      throw Error(Status::failed, "registry.too_large", "The control manifest is too large.");
    }
    body += piece;
  };
  const HttpRequest request{.url = parse_http_url(address),
                            .headers = {"user-agent: fairlead", "accept: application/json"},
                            .body = {}};
  const auto answer = client.send(request, take, std::move(stop));
  if (answer.status == 200) return body;
  throw Error(Status::failed, "registry.refused",
              "The server answered " + std::to_string(answer.status) + '.');
}

std::string fetched_or_old(const Core& core, const std::string& address, const fs::path& copy,
                           std::stop_token stop) {
  auto text = read_file_if_there(copy).value_or("{}");
  try {
    text = fetch(core, address, std::move(stop));
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    core.log().text(LogLevel::debug, "Failed to fetch control manifest: " + error.message());
  }
  make_folders(copy.parent_path());
  write_cache_file(copy, text, 0644);
  return text;
}

std::string disallowed_text(const std::string& feature, const std::string& url, bool stopped) {
  return "Cannot use the '" + feature +
         "' Feature since it was reported to be problematic. Please remove this Feature from your "
         "configuration and rebuild any dev container using it before continuing." +
         (stopped ? " The existing dev container was stopped." : "") +
         (url.empty() ? "" : " See " + url + " to learn more.");
}

/// The copy that the reference keeps, while it is as fresh as ours would have to be: both tools
/// then say the same. Only the user's own file, as the folder is everybody's.
std::optional<std::string> copy_of_reference(const Core& core) {
  if (core.mode() != Mode::drop_in) return {};
  const auto& environment = core.options().environment;
  const auto folder = environment.find("TMPDIR");
  const auto* account = ::getpwuid(::geteuid());
  if (account == nullptr) return {};
  const auto file = fs::path(folder == environment.end() ? "/tmp" : folder->second) /
                    (std::string("devcontainercli-") + account->pw_name) / copy_name;
  struct stat info {};
  if (::lstat(file.c_str(), &info) != 0 || !S_ISREG(info.st_mode) || info.st_uid != ::geteuid() ||
      !is_fresh(file)) {
    return {};
  }
  return read_file_if_there(file);
}

}  // namespace

DisallowedFeature::DisallowedFeature(std::string feature, std::string url, bool stopped)
    : OperationError(
          Error(Status::denied, "features.disallowed", disallowed_text(feature, url, stopped)),
          disallowed_text(feature, url, stopped)),
      feature_(std::move(feature)),
      url_(std::move(url)),
      stopped_(stopped) {}

ControlManifest control_manifest(const Core& core, const Settings& settings,
                                 const std::vector<std::string>& ids, std::stop_token stop) {
  const auto& source = settings.text("control_manifest");
  if (source.empty()) return {};
  if (source.starts_with('/'))
    return parse_control_manifest(read_file_if_there(source).value_or(""));
  if (const auto text = copy_of_reference(core)) return parse_control_manifest(*text);
  const bool local = std::all_of(ids.begin(), ids.end(),
                                 [](const std::string& id) { return id.starts_with("./"); });
  if (local) return {};
  const auto copy = fs::path(core.cache_folder()) / copy_name;
  if (settings.flag("offline") || is_fresh(copy)) {
    return parse_control_manifest(read_file_if_there(copy).value_or(""));
  }
  return parse_control_manifest(fetched_or_old(core, source, copy, std::move(stop)));
}

void require_allowed(const ControlManifest& manifest, const std::vector<std::string>& ids,
                     const std::function<bool()>& stop_container) {
  for (const auto& id : ids) {
    const auto* entry = disallowed_entry(manifest, id);
    if (entry == nullptr) continue;
    throw DisallowedFeature(id, entry->documentation_url, stop_container && stop_container());
  }
}

void warn_of_advisories(const Core& core, const ControlManifest& manifest,
                        const ResolvedList& features) {
  if (manifest.advisories.empty()) return;
  std::vector<std::pair<std::string, std::string>> used;
  for (const auto& feature : features) {
    const auto& reference = feature->described.source.reference;
    if (reference.kind != FeatureKind::oci) continue;
    used.emplace_back(reference.registry + '/' + reference.space + '/' + reference.name,
                      feature->described.metadata.version);
  }
  const auto text = advisory_text(manifest, std::move(used));
  if (!text.empty()) core.log().text(LogLevel::warning, text);
}

}  // namespace fairlead
