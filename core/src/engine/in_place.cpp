#include "engine/in_place.hpp"

#include "base/pipe.hpp"
#include "base/secret_mask.hpp"
#include "base/sha256.hpp"
#include "engine/lockfile.hpp"
#include "engine/run.hpp"
#include "engine/staging.hpp"
#include "features/archive.hpp"
#include "features/in_place_text.hpp"
#include "features/metadata.hpp"
#include "features/staging.hpp"

#include <fairlead/engine.hpp>
#include <fairlead/sdk/records.hpp>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <utility>

namespace fairlead {
namespace {

constexpr std::size_t shown_of_output = 2000;

/// $1 folder of the record.
constexpr const char* look_script = R"sh(cat "$1/record.jsonl" 2>/dev/null || :)sh";

/// Takes the staged features from standard input. $1 folder for them.
constexpr const char* unpack_script = R"sh(
set -e
umask 022
rm -rf "$1"; mkdir -p "$1"
tar -C "$1" -xf -
cd "$1"
. ./devcontainer-features.builtin.env
home_of() { { getent passwd "$1" 2>/dev/null || grep -E "^$1:|^[^:]*:[^:]*:$1:" /etc/passwd || :; } | head -n 1 | cut -d: -f6; }
printf "_CONTAINER_USER_HOME='%s'\n_REMOTE_USER_HOME='%s'\n" "$(home_of "$_CONTAINER_USER")" "$(home_of "$_REMOTE_USER")" >>devcontainer-features.builtin.env
chmod 0755 devcontainer-features.builtin.env
)sh";

/// $1 folder of the feature, $2 shell lines with the environment.
constexpr const char* install_script_inside = R"sh(
eval "$2"
chmod -R 0755 "$1" && cd "$1" || exit 1
exec ./devcontainer-features-install.sh </dev/null
)sh";

/// $1 folder of the record, $2 a line for it.
constexpr const char* record_script = R"sh(
umask 022; mkdir -p "$1" && printf %s "$2" >>"$1/record.jsonl"
)sh";

/// $1 text for login shells, $2 folder of the staged features.
constexpr const char* finish_script = R"sh(
umask 022
file=/etc/profile.d/fairlead-features.sh
mkdir -p /etc/profile.d && printf %s "$1" >"$file"
grep -q profile.d /etc/profile 2>/dev/null || printf '\n[ ! -r %s ] || . %s\n' "$file" "$file" >>/etc/profile
rm -rf "$2"
)sh";

/// The end of what a script printed, from the beginning of a line.
class Tail {
 public:
  void add(std::string_view piece) {
    text_ += piece;
    if (text_.size() > 2 * shown_of_output) text_.erase(0, text_.size() - shown_of_output);
  }
  std::string text() const {
    if (text_.size() <= shown_of_output) return text_;
    const auto end = text_.substr(text_.size() - shown_of_output);
    return "…" + end.substr(std::min(end.find('\n'), end.size() - 1));
  }

 private:
  std::string text_;
};

class Installation {
 public:
  Installation(Core& core, Backend& backend, const InstanceInfo& instance,
               const InPlaceFeatures& what, std::stop_token stop)
      : core_(core),
        backend_(backend),
        instance_(instance),
        what_(what),
        user_(what.exec_user ? "root" : ""),
        stop_(std::move(stop)) {}

  void run(const Workspace& workspace, const std::string& wanted) {
    const StagingFolder staging(core_, workspace.identity.devcontainer_id);
    const auto content = staging.path() / "content";
    stage(content.string());
    const auto record = parse_in_place_record(output_of(look_script, {in_place_folder}));
    warn_of_removed(record);
    const auto keys = in_place_keys(what_.features);
    std::string environment;
    bool unpacked = false;
    for (std::size_t i = 0; i < what_.features.size(); ++i) {
      const auto& feature = what_.features[i];
      const auto metadata = parse_feature_metadata(feature.metadata, feature.id);
      environment += export_lines(metadata.container_env);
      const auto name = staged_name(feature, i);
      const InstalledFeature self{.key = keys[i],
                                  .content = digest_of_folder((content / name).string()),
                                  .options = feature.options};
      const auto work = work_for(record, self);
      if (work == InPlaceWork::none) continue;
      if (!std::exchange(unpacked, true)) unpack(content);
      install(feature, name, environment, work);
      must(record_script,
           {in_place_folder, record_line(self, work, sdk::rfc3339(::time(nullptr)))});
      start_entrypoint(metadata);
    }
    must(finish_script, {profile_text(environment), work_folder()});
    must(record_script, {in_place_folder, complete_line(wanted, sdk::rfc3339(::time(nullptr)))});
  }

 private:
  std::string work_folder() const { return "/tmp/fairlead-features"; }

  void stage(const std::string& folder) const {
    FeaturesInstallRequest request;
    request.features = what_.features;
    request.image_user = instance_.user;
    request.container_user = what_.container_user;
    request.remote_user = what_.remote_user;
    stage_content(request, folder, stop_);
  }

  void warn_of_removed(const InPlaceRecord& record) const {
    const auto keys = in_place_keys(what_.features);
    for (const auto& feature : record.features) {
      if (std::find(keys.begin(), keys.end(), feature.key) != keys.end()) continue;
      core_.log().text(LogLevel::warning,
                       "The feature '" + feature.key +
                           "' is no longer wanted, but stays installed; "
                           "`fairlead rebuild` makes an environment without it.");
    }
  }

  RunSpec spec(const char* script, const std::vector<std::string>& words) const {
    RunSpec result{.instance = instance_.id,
                   .argv = {"/bin/sh", "-c", script, "sh"},
                   .user = user_,
                   .working_directory = ""};
    result.argv.insert(result.argv.end(), words.begin(), words.end());
    return result;
  }

  std::string output_of(const char* script, const std::vector<std::string>& words) const {
    return run_captured(backend_, spec(script, words), stop_).out;
  }

  void must(const char* script, const std::vector<std::string>& words) const {
    const auto result = run_captured(backend_, spec(script, words), stop_);
    if (result.exit_code != 0) throw failed("Features cannot be installed here", result.err);
  }

  /// Only exec is needed: a tar goes in through a command's standard input.
  void unpack(const std::filesystem::path& content) const {
    const auto file = content.parent_path() / "content.tar";
    write_archive(content, file, stop_);
    CallOptions options{.stop = stop_};
    auto pipe = make_pipe();
    ExecRequest request{.id = instance_.id,
                        .argv = {"/bin/sh", "-c", unpack_script, "sh", work_folder()},
                        .user = user_};
    request.in = options.pass(UniqueFd(::open(file.c_str(), O_RDONLY | O_CLOEXEC)));
    request.err = options.pass(UniqueFd(::fcntl(pipe.write_end.get(), F_DUPFD_CLOEXEC, 3)));
    request.out = options.pass(std::move(pipe.write_end));
    std::string said;
    int status = 0;
    {
      const PipeReader reader(std::move(pipe.read_end),
                              [&](std::string_view piece) { said += piece; });
      status = backend_.exec(request, std::move(options)).exit_code;
    }
    if (status != 0) throw failed("The features could not be brought inside", said);
  }

  void install(const PlannedFeature& feature, const std::string& name,
               const std::string& environment, InPlaceWork work) const {
    const LogStep step(
        core_.log(),
        (work == InPlaceWork::install ? "Installing feature " : "Updating feature ") + feature.id);
    MaskedStream masked(core_.secret_mask());
    Tail tail;
    const int status = run_streamed(
        backend_, spec(install_script_inside, {work_folder() + '/' + name, environment}),
        [&](std::string_view piece) {
          const auto shown = masked.feed(piece);
          tail.add(shown);
          core_.log().raw(shown, LogLevel::info);
        },
        stop_);
    const auto rest = masked.finish();
    tail.add(rest);
    core_.log().raw(rest, LogLevel::info);
    if (status == 0) return;
    throw failed("The feature '" + feature.id + "' failed to install (exit code " +
                     std::to_string(status) + ")",
                 tail.text());
  }

  /// In an image these run when the container starts; this one runs already.
  void start_entrypoint(const FeatureMetadata& metadata) const {
    const auto json = nlohmann::json::parse(metadata.json, nullptr, false);
    const auto entry = json.is_object() ? json.value("entrypoint", std::string()) : std::string();
    if (entry.empty()) return;
    const auto result = run_captured(
        backend_, spec(("{ " + entry + "\n} </dev/null >/dev/null 2>&1").c_str(), {}), stop_);
    if (result.exit_code == 0) return;
    core_.log().text(LogLevel::warning, "The entrypoint of the feature '" + metadata.id +
                                            "' ended with " + std::to_string(result.exit_code) +
                                            '.');
  }

  OperationError failed(const std::string& what, const std::string& output) const {
    return {Error(Status::failed, "features.install_failed", what + ". It printed:\n" + output,
                  "What was installed before it stays; `fairlead up` goes on with this feature."),
            "An error occurred setting up the container.", instance_.id};
  }

  Core& core_;
  Backend& backend_;
  const InstanceInfo& instance_;
  const InPlaceFeatures& what_;
  std::string user_;
  std::stop_token stop_;
};

std::string dumped(const nlohmann::ordered_json& document, const char* name) {
  const auto found = document.find(name);
  if (found == document.end()) return {};
  return found->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

bool installs_in_place(const Settings& settings, const Capabilities& capabilities) {
  const auto& name = settings.text("feature_installer");
  const auto& build = capabilities.build;
  const bool builds = std::find(build.begin(), build.end(), "local") != build.end();
  return name == "in-place" || (name == "built-in" && !builds);
}

bool has_features_inside(const InstanceInfo& instance) {
  return instance.labels.contains(in_place_key);
}

void prepare_for_in_place(const InPlaceFeatures& features, CreateRequest& create) {
  create.labels[in_place_key] = "in-place";
  for (const auto& feature : features.features) {
    const auto metadata = parse_feature_metadata(feature.metadata, feature.id);
    for (const auto& [name, value] : metadata.container_env) {
      if (value.find('$') == std::string::npos) create.env.try_emplace(name, value);
    }
  }
}

std::string wanted_in_place(const Workspace& workspace, const std::string& additional_features) {
  const auto& document = *workspace.document->raw;
  Sha256 hash;
  for (const auto& part :
       {dumped(document, "features"), dumped(document, "overrideFeatureInstallOrder"),
        additional_features, read_lockfile(workspace)}) {
    hash.update(std::to_string(part.size()) + ':' + part);
  }
  return to_hex(hash.finish());
}

bool installed_in_place(Backend& backend, const InstanceInfo& instance, const std::string& wanted,
                        std::stop_token stop) {
  const auto result = run_captured(
      backend,
      {.instance = instance.id, .argv = {"/bin/sh", "-c", look_script, "sh", in_place_folder}},
      std::move(stop));
  return parse_in_place_record(result.out).complete == wanted;
}

void install_in_place(Core& core, const Workspace& workspace, Backend& backend,
                      const InstanceInfo& instance, const InPlaceFeatures& features,
                      const std::string& wanted, std::stop_token stop) {
  Installation(core, backend, instance, features, std::move(stop)).run(workspace, wanted);
}

}  // namespace fairlead
