#include "engine/enter.hpp"

#include "base/text.hpp"
#include "engine/enter_cache.hpp"
#include "engine/run.hpp"

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

/// $1 user, $2 shell options or nothing, $3 folder of the markers or nothing, $4 mark.
/// Prints NUL-terminated fields: home, shell, then per marker "-" or "+" and its text; then the
/// marked environment. Works with dash, bash and BusyBox and needs no program but, for users from
/// elsewhere than /etc/passwd, getent.
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
folder=${3:-$home/.devcontainer}
for name in .onCreateCommandMarker .updateContentCommandMarker .postCreateCommandMarker .postStartCommandMarker; do
  if [ -r "$folder/$name" ]; then IFS= read -r text <"$folder/$name"; printf '+%s\0' "$text"; else printf '%s\0' -; fi
done
[ -n "$2" ] || exit 0
case $shell in
*/pwsh|*/pwsh-preview) case $2 in -l*) set -- "$1" "-Login -Command" "$3" "$4";; *) set -- "$1" -Command "$3" "$4";; esac;;
esac
# Without an entry the HOME that the engine gave stands.
[ -z "$dir" ] || { HOME=$home; export HOME; }
"$shell" $2 "printf %s '$4'; cat /proc/self/environ; printf %s '$4'" </dev/null
)sh";

std::string_view shell_options(UserEnvProbe probe) {
  switch (probe) {
    case UserEnvProbe::login_interactive_shell:
      return "-lic";
    case UserEnvProbe::login_shell:
      return "-lc";
    case UserEnvProbe::interactive_shell:
      return "-ic";
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

Environment marked_environment(std::string_view text) {
  const auto begin = text.find(mark);
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin + mark.size());
  const auto end = text.find(mark);
  if (end == std::string_view::npos) return {};
  text = text.substr(0, end);
  Environment environment;
  while (!text.empty()) {
    const auto entry = next_field(text);
    const auto equals = entry.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    environment.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  }
  environment.erase("PWD");  // the probing shell's own, USER-015
  return environment;
}

Inside parse_answer(const std::string& user, std::string_view answer) {
  Inside inside{.user = user};
  inside.home = next_field(answer);
  inside.shell = next_field(answer);
  for (const auto& [hook, file] : marker_files) {
    const auto field = next_field(answer);
    if (field.starts_with('+')) inside.markers[hook] = field.substr(1);
  }
  inside.probed = marked_environment(answer);
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

}  // namespace

Inside enter(Core& core, Backend& backend, const InstanceInfo& instance,
             const EnterRequest& request, std::stop_token stop) {
  const EnterCache cache(core, backend.name(), instance, request);
  if (!request.need_markers) {
    if (auto known = cache.load()) return *known;
  }
  const auto options = std::string(shell_options(request.probe));
  RunSpec spec{.instance = instance.id,
               .argv = {"/bin/sh", "-c", std::string(script), "sh",
                        request.user.substr(0, request.user.find(':')), options,
                        request.data_folder, std::string(mark)},
               .user = request.user,
               .timeout = probe_limit};
  const auto result = run_captured(backend, spec, stop);
  auto inside = parse_answer(request.user, result.out);
  if (inside.shell.empty()) {
    // An engine that cannot start the shell says so where the shell's output would be.
    const std::string why(trim(result.err.empty() ? result.out : result.err));
    throw Error(Status::failed, "environment.enter",
                "The container cannot run /bin/sh as user '" + request.user + "': " + why,
                "Check remoteUser, and that the image has a shell.");
  }
  if (!options.empty() && inside.probed.empty()) {
    log_missing_environment(core, result, inside);
  } else {
    cache.save(inside);
  }
  return inside;
}

}  // namespace fairlead
