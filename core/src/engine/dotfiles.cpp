#include "engine/dotfiles.hpp"

#include "base/secret_mask.hpp"
#include "engine/run.hpp"

namespace fairlead {
namespace {

/// $1 marker, $2 repository, $3 folder, $4 install command or nothing, $5 "keep" leaves the marker
/// when something fails.
constexpr const char* script = R"sh(
[ ! -f "$1" ] || exit 0
mkdir -p "${1%/*}" && (set -C; : >"$1") 2>/dev/null || { echo "$1 cannot be written."; exit 1; }
marker=$1 mode=$5
fail() { status=$1; [ "$mode" = keep ] || rm -f "$marker"; exit "$status"; }
command -v git >/dev/null 2>&1 || { echo 'git not found'; fail 1; }
[ -e "$3" ] || git clone --depth 1 "$2" "$3" || fail $?
cd "$3" || fail 1
run() {
  [ -x "$1" ] || chmod +x "$1"
  echo "Running $1 of the dotfiles"
  "$1" || fail $?
  exit 0
}
if [ -n "$4" ]; then
  [ ! -f "./$4" ] || run "./$4"
  [ ! -f "$4" ] || run "$4"
  echo "There is no $4 in the dotfiles."
  fail 126
fi
for name in install.sh install bootstrap.sh bootstrap script/bootstrap setup.sh setup script/setup; do
  [ ! -e "$name" ] || run "./$name"
done
for file in "$PWD"/.*; do
  case ${file##*/} in
  . | .. | .git) ;;
  *) echo "Linking $file"; ln -sf "$file" ~ ;;
  esac
done
)sh";

std::string in_home(const std::string& path, const std::string& home) {
  if (path == "~") return home;
  return path.starts_with("~/") ? home + path.substr(1) : path;
}

RunSpec run_spec(const Core& core, const Session& session, const Dotfiles& dotfiles) {
  const auto keep = core.mode() == Mode::drop_in ? "keep" : "";
  RunSpec spec{
      .instance = session.instance.id,
      .argv = with_unset(
          session.environment,
          {"/bin/sh", "-c", script, "sh", markers_folder(session) + "/.dotfilesMarker",
           dotfiles_repository(dotfiles.repository),
           in_home(dotfiles.target_path, session.inside.home), dotfiles.install_command, keep}),
      .env = session.environment.set,
      .secrets = session.secrets,
      .user = session.inside.user};
  spec.env.emplace("HOME", session.inside.home);
  return spec;
}

}  // namespace

std::string dotfiles_repository(const std::string& repository) {
  const bool is_path =
      repository.starts_with("/") || repository.starts_with("./") || repository.starts_with("../");
  if (is_path || repository.find(':') != std::string::npos) return repository;
  return "https://github.com/" + repository + ".git";
}

void install_dotfiles(Core& core, const Session& session, const Dotfiles& dotfiles,
                      std::stop_token stop) {
  const auto log = core.log().on_channel("postCreate");
  log.progress("Installing Dotfiles", LogEvent::State::running);
  MaskedStream masked(core.secret_mask());
  const int status = run_streamed(
      *session.backend, run_spec(core, session, dotfiles),
      [&](std::string_view piece) { log.raw(masked.feed(piece), LogLevel::info); },
      std::move(stop));
  log.raw(masked.finish(), LogLevel::info);
  log.progress("Installing Dotfiles",
               status == 0 ? LogEvent::State::succeeded : LogEvent::State::failed);
  if (status != 0 && core.mode() == Mode::fairlead) {
    core.log().text(LogLevel::warning, "The dotfiles of " + dotfiles.repository +
                                           " could not be installed (exit code " +
                                           std::to_string(status) + "); the next up tries again.");
  }
}

}  // namespace fairlead
