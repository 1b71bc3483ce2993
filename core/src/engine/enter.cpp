#include "engine/enter.hpp"

#include "base/text.hpp"
#include "engine/enter_cache.hpp"
#include "engine/run.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <string_view>

namespace fairlead {
namespace {

/// Ends a probe that an rc file keeps waiting (USER-013).
constexpr std::chrono::seconds probe_limit{10};

/// Between our own lines and the environment, and around the environment: rc files may print.
constexpr std::string_view mark = "fairlead-0b3f1c5e-environment";

constexpr std::array<std::pair<Hook, std::string_view>, 4> marker_files = {{
    {Hook::on_create, ".onCreateCommandMarker"},
    {Hook::update_content, ".updateContentCommandMarker"},
    {Hook::post_create, ".postCreateCommandMarker"},
    {Hook::post_start, ".postStartCommandMarker"},
}};

/// $1 user, $2 shell options or nothing, $3 folder of the markers or nothing, $4 mark, $5 folder of
/// the system's markers, $6 file with a probed environment or nothing, $7 program that prints one.
/// Prints NUL-terminated fields: home, shell, then per marker "-" or "+" and its text, the commit
/// of the last updateContentCommand; then the marked environment or file. Works with dash, bash and
/// BusyBox and needs no program but, for users from elsewhere than /etc/passwd, getent.
constexpr std::string_view script = R"sh(
entry=$(getent passwd "$1" 2>/dev/null) || entry=
if [ -z "$entry" ] && [ -r /etc/passwd ]; then
  while IFS= read -r line; do
    rest=${line#*:}; rest=${rest#*:}
    if [ "${line%%:*}" = "$1" ] || [ "${rest%%:*}" = "$1" ]; then entry=$line; break; fi
  done </etc/passwd
fi
shell=${entry##*:}; dir=${entry%:*}; dir=${dir##*:}
if [ -n "$HOME" ] && { [ "$HOME" = "$dir" ] || [ "$(id -u 2>/dev/null)" = 0 ] || [ ! -e "$HOME" ] || [ -w "$HOME" ]; }
then home=$HOME; else home=${dir:-/root}; fi
shell=${SHELL:-${shell:-/bin/sh}}
printf '%s\0' "$home" "$shell"
case ${3:-.devcontainer} in
/*) folder=$3 ;;
*) folder=$home/${3:-.devcontainer} ;;
esac
for name in .onCreateCommandMarker .updateContentCommandMarker .postCreateCommandMarker .postStartCommandMarker; do
  if [ -r "$folder/$name" ]; then IFS= read -r text <"$folder/$name"; printf '+%s\0' "$text"; else printf '%s\0' -; fi
done
for name in "$folder/.dotfilesMarker" "$5/.patchEtcProfileMarker"; do
  if [ -f "$name" ]; then printf '%s\0' +; else printf '%s\0' -; fi
done
content=
[ ! -r "$folder/.updateContentCommandContent" ] || IFS= read -r content <"$folder/.updateContentCommandContent"
printf '%s\0' "$content"
options=$2
[ -n "$options" ] || exit 0
if [ -n "$6" ] && [ -r "$6" ]; then printf %s "$4"; cat "$6"; printf %s "$4"; exit 0; fi
case $shell in
*/pwsh|*/pwsh-preview) case $options in -l*) options='-Login -Command' ;; *) options=-Command ;; esac ;;
esac
# This shell is no level of the user's. Without an entry the HOME that the engine gave stands.
unset SHLVL
[ -z "$dir" ] || { HOME=$home; export HOME; }
"$shell" $options "printf %s '$4'; $7; printf %s '$4'" </dev/null
)sh";

/// How the shell is called, and the name of the mode.
struct ProbeMode {
  std::string options;
  std::string name;
};

ProbeMode mode_of(UserEnvProbe probe) {
  switch (probe) {
    case UserEnvProbe::login_interactive_shell:
      return {"-lic", "loginInteractiveShell"};
    case UserEnvProbe::login_shell:
      return {"-lc", "loginShell"};
    case UserEnvProbe::interactive_shell:
      return {"-ic", "interactiveShell"};
    case UserEnvProbe::none:
      break;
  }
  return {};
}

std::string_view next_field(std::string_view& rest) {
  const auto end = rest.find('\0');
  const auto field = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return field;
}

std::string_view marked(std::string_view text) {
  const auto begin = text.find(mark);
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin + mark.size());
  const auto end = text.find(mark);
  return end == std::string_view::npos ? std::string_view{} : text.substr(0, end);
}

/// As the kernel writes it, or with `lines` as printenv does.
Environment environment_of(std::string_view text, bool lines) {
  Environment environment;
  for (const auto entry : split(text, lines ? '\n' : '\0')) {
    const auto equals = entry.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    environment.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  }
  environment.erase("PWD");  // the probing shell's own, USER-015
  return environment;
}

/// The file in the session's folder; nothing when it is damaged.
Environment kept_environment(std::string_view text) {
  try {
    return nlohmann::json::parse(text).get<Environment>();
  } catch (const nlohmann::json::exception&) {
    return {};
  }
}

Inside parse_answer(const std::string& user, std::string_view answer) {
  Inside inside{.user = user};
  inside.home = next_field(answer);
  inside.shell = next_field(answer);
  for (const auto& [hook, file] : marker_files) {
    const auto field = next_field(answer);
    if (field.starts_with('+')) inside.markers[hook] = field.substr(1);
  }
  inside.dotfiles_installed = next_field(answer) == "+";
  inside.profile_patched = next_field(answer) == "+";
  inside.content = next_field(answer);
  return inside;
}

void log_missing_environment(const Core& core, const RunResult& result, const Inside& inside) {
  core.log().text(LogLevel::warning,
                  result.timed_out
                      ? "The shell " + inside.shell + " of user " + inside.user +
                            " took more than 10 s to start; going on without its environment."
                      : "The shell " + inside.shell + " of user " + inside.user +
                            " did not give its environment; going on without it. " + result.err);
}

/// One look at the inside; `lines` asks printenv instead of the kernel.
struct Look {
  RunResult result;
  Inside inside;
  bool kept = false;  ///< the environment is the one of the session's folder
};

class Looker {
 public:
  Looker(Backend& backend, const InstanceInfo& instance, const EnterRequest& request)
      : backend_(backend), instance_(instance), request_(request), mode_(mode_of(request.probe)) {}

  bool probes() const { return !mode_.options.empty(); }
  std::string session_file() const {
    return request_.session_folder.empty() || !probes()
               ? std::string()
               : request_.session_folder + "/env-" + mode_.name + ".json";
  }

  Look look(bool lines, bool use_kept, const std::stop_token& stop) const {
    RunSpec spec{.instance = instance_.id,
                 .argv = {"/bin/sh", "-c", std::string(script), "sh",
                          request_.user.substr(0, request_.user.find(':')), mode_.options,
                          request_.data_folder, std::string(mark), request_.system_folder,
                          use_kept ? session_file() : std::string(),
                          lines ? "printenv" : "cat /proc/self/environ"},
                 .user = request_.user,
                 .timeout = probe_limit};
    Look look{.result = run_captured(backend_, spec, stop), .inside = {}};
    look.inside = parse_answer(request_.user, look.result.out);
    const auto text = marked(look.result.out);
    look.kept = use_kept && text.starts_with('{');
    look.inside.probed = look.kept ? kept_environment(text) : environment_of(text, lines);
    return look;
  }

  /// USER-013: without a readable /proc there may still be a program; USER-015: a damaged file.
  Look look(const std::stop_token& stop) const {
    auto first = look(false, true, stop);
    if (!probes() || !first.inside.probed.empty() || first.result.timed_out) return first;
    if (first.inside.shell.empty()) return first;
    if (first.kept) first = look(false, false, stop);
    return first.inside.probed.empty() && !first.result.timed_out ? look(true, false, stop) : first;
  }

  void keep(const Inside& inside, std::stop_token stop) const {
    const auto json = nlohmann::ordered_json(inside.probed)
                          .dump(1, '\t', false, nlohmann::json::error_handler_t::replace);
    run_captured(backend_,
                 {.instance = instance_.id,
                  .argv = {"/bin/sh", "-c",
                           "mkdir -p \"${1%/*}\" && (umask 077; printf '%s\\n' \"$2\" >\"$1\")",
                           "sh", session_file(), json},
                  .user = request_.user,
                  .timeout = probe_limit},
                 std::move(stop));
  }

 private:
  Backend& backend_;
  const InstanceInfo& instance_;
  const EnterRequest& request_;
  ProbeMode mode_;
};

/// Without /etc/passwd an engine knows no name; root's number it needs not look up.
bool is_worth_a_number(const Core& core, const Look& look) {
  return core.mode() == Mode::fairlead && look.inside.shell.empty() && look.inside.user == "root";
}

[[noreturn]] void no_shell(const std::string& user, const RunResult& result) {
  // An engine that cannot start the shell says so where the shell's output would be.
  const std::string why(trim(result.err.empty() ? result.out : result.err));
  throw Error(Status::failed, "environment.enter",
              "The container cannot run /bin/sh as user '" + user + "': " + why,
              "Check remoteUser, and that the image has a shell.");
}

}  // namespace

Inside enter(Core& core, Backend& backend, const InstanceInfo& instance,
             const EnterRequest& request, std::stop_token stop) {
  const EnterCache cache(core, backend.name(), instance, request);
  if (!request.need_markers) {
    if (auto known = cache.load()) return *known;
  }
  auto asked = request;
  const Looker looker(backend, instance, asked);
  auto look = looker.look(stop);
  if (is_worth_a_number(core, look)) {
    asked.user = "0";
    look = looker.look(stop);
  }
  if (look.inside.shell.empty()) no_shell(request.user, look.result);
  if (looker.probes() && look.inside.probed.empty()) {
    log_missing_environment(core, look.result, look.inside);
    return look.inside;
  }
  cache.save(look.inside);
  if (!looker.session_file().empty() && !look.kept) looker.keep(look.inside, std::move(stop));
  return look.inside;
}

}  // namespace fairlead
