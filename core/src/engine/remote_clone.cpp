#include "engine/remote_clone.hpp"

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "engine/captured.hpp"
#include "engine/deadlines.hpp"

#include <string>
#include <string_view>

namespace fairlead {
namespace {

constexpr std::string_view clones_folder = "/.local/share/fairlead/clones/";

// $1 the address, $2 the reference, $3 the clone, $4 how many commits (empty: all), $5 what it is a
// clone of, $6 scheme and host for the credentials that are read from standard input.
constexpr auto clone_script = R"sh(umask 022
command -v git >/dev/null 2>&1 || exit 127
[ ! -d "$3" ] || exit 0
IFS= read -r FAIRLEAD_GIT_USER; IFS= read -r FAIRLEAD_GIT_PASSWORD
export FAIRLEAD_GIT_USER FAIRLEAD_GIT_PASSWORD
home=${3%/*} part=${3%/*}/+partial.$$
mkdir -p "$home" && rm -rf "$part" || exit 10
trap 'rm -rf "$part"' EXIT
trap 'exit 10' HUP INT TERM
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_COMMON_DIR GIT_NAMESPACE GIT_PREFIX
GIT_TERMINAL_PROMPT=0 SSH_ASKPASS_REQUIRE=never GIT_ASKPASS=${GIT_ASKPASS:-true}
export GIT_TERMINAL_PROMPT SSH_ASKPASS_REQUIRE GIT_ASKPASS
[ -n "${GIT_SSH:-}${GIT_SSH_COMMAND:-}$(git config --get core.sshCommand)" ] ||
  export GIT_SSH_COMMAND='ssh -o BatchMode=yes'
if [ -n "$FAIRLEAD_GIT_USER" ]; then
  GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=credential.$6.helper GIT_CONFIG_VALUE_0= GIT_CONFIG_KEY_1=credential.$6.helper
  GIT_CONFIG_VALUE_1='!f() { [ "$1" = get ] || exit 0; echo "username=$FAIRLEAD_GIT_USER"; [ -z "$FAIRLEAD_GIT_PASSWORD" ] || echo "password=$FAIRLEAD_GIT_PASSWORD"; }; f'
  export GIT_CONFIG_COUNT GIT_CONFIG_KEY_0 GIT_CONFIG_VALUE_0 GIT_CONFIG_KEY_1 GIT_CONFIG_VALUE_1
fi
git clone --quiet --no-checkout ${4:+--depth "$4" --no-single-branch} -- "$1" "$part" </dev/null || exit 10
cd "$part" || exit 10
knows() { git rev-parse --verify --quiet "$1" >/dev/null; }
if [ -z "$2" ]; then
  knows 'HEAD^{commit}' || exit 12
  git checkout --quiet || exit 11
elif knows "refs/remotes/origin/$2"; then
  git checkout --quiet -B "$2" --track "origin/$2" || exit 11
elif knows "$2^{commit}"; then
  git checkout --quiet --detach "$2^{commit}" || exit 11
elif git fetch --quiet ${4:+--depth "$4"} origin "$2" </dev/null 2>/dev/null; then
  git checkout --quiet --detach FETCH_HEAD || exit 11
else
  exit 12
fi
git submodule --quiet update --init --recursive ${4:+--depth "$4"} </dev/null || exit 13
printf '%s\n' "$5" >"$home/+source" && cd / || exit 10
mv -T "$part" "$3" 2>/dev/null || [ -d "$3" ] || exit 10)sh";

enum : int { no_reference = 12, no_git = 127 };

std::string origin_of(const std::string& url) {
  const auto scheme = url.find("://");
  return scheme == std::string::npos ? url : url.substr(0, url.find('/', scheme + 3));
}

}  // namespace

std::optional<RemotePlace> place_of_clone_there(Core& core, const GitPlace& place,
                                                const std::stop_token& stop) {
  const auto settings = core.settings({}, nullptr);
  const auto& host = settings.text("host");
  const auto& content = settings.text("content");
  if (host == "local" || content == "volume" || content == "clone" || content == "sync") return {};
  const auto home = core.host(settings)->describe(question(stop)).home;
  return RemotePlace{.host = host,
                     .folder = home + std::string(clones_folder) +
                               sha256_hex(place.text()).substr(0, 16) + '/' + place.name};
}

bool is_clone_there(const RemotePlace& place) {
  return place.folder.find(clones_folder) != std::string::npos;
}

void clone_there(Core& core, const GitPlace& place, const RemotePlace& target,
                 const std::stop_token& stop) {
  const auto settings = core.settings({}, nullptr);
  const auto depth = settings.number("clone_depth");
  const LogStep step(core.log(), "Cloning " + place.text() + " on " + target.host);
  const auto said = run_captured_on(
      *core.host(settings),
      {.argv = {"/bin/sh", "-c", clone_script, "sh", place.url, place.ref, target.folder,
                depth > 0 ? std::to_string(depth) : "", place.text(), origin_of(place.url)}},
      stop, place.user + '\n' + place.password + '\n');
  if (said.exit_code == 0) return;
  if (said.exit_code == no_git) {
    throw Error(Status::unavailable, "git.missing", "There is no git on " + target.host + '.',
                "Install git there, or say --content volume: then it is cloned here.");
  }
  if (said.exit_code == no_reference) {
    throw Error(Status::not_found, "git.ref",
                place.ref.empty()
                    ? place.url + " has no commit yet."
                    : place.url + " has no branch, tag or commit '" + place.ref + "'.");
  }
  throw Error(Status::failed, "git.clone",
              "Cloning " + place.text() + " on " + target.host +
                  " failed: " + core.masked(std::string(trim(said.err))),
              "The host's own git and keys are used, and your agent where your ssh configuration "
              "says `ForwardAgent yes` for it; nothing is asked.");
}

}  // namespace fairlead
