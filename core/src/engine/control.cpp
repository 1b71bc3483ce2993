#include "engine/control.hpp"

#include "base/atomic_file.hpp"
#include "features/http_client.hpp"

#include <fairlead/engine.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <utility>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

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

}  // namespace

ControlManifest control_manifest(const Core& core, const Settings& settings,
                                 const std::vector<std::string>& ids, std::stop_token stop) {
  const auto& source = settings.text("control_manifest");
  if (source.empty()) return {};
  if (source.starts_with('/'))
    return parse_control_manifest(read_file_if_there(source).value_or(""));
  const bool local = std::all_of(ids.begin(), ids.end(),
                                 [](const std::string& id) { return id.starts_with("./"); });
  if (local) return {};
  const auto copy = fs::path(core.cache_folder()) / "control-manifest.json";
  if (settings.flag("offline") || is_fresh(copy)) {
    return parse_control_manifest(read_file_if_there(copy).value_or(""));
  }
  return parse_control_manifest(fetched_or_old(core, source, copy, std::move(stop)));
}

void require_allowed(const ControlManifest& manifest, const std::vector<std::string>& ids) {
  for (const auto& id : ids) {
    const auto* entry = disallowed_entry(manifest, id);
    if (entry == nullptr) continue;
    const auto& url = entry->documentation_url;
    const auto text = "Cannot use the '" + id +
                      "' Feature since it was reported to be problematic. Please remove this "
                      "Feature from your configuration and rebuild any dev container using it "
                      "before continuing." +
                      (url.empty() ? "" : " See " + url + " to learn more.");
    throw OperationError(Error(Status::denied, "features.disallowed", text), text);
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
