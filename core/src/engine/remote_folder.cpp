#include "engine/remote_folder.hpp"

#include "base/memory_file.hpp"
#include "base/pipe.hpp"
#include "engine/captured.hpp"
#include "features/archive.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <utility>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

// $1 is the folder. What is said beside the archive, NUL-terminated: a mark, behind which nothing
// of the login shell's stands any more, and the variables.
constexpr auto describe_script = R"sh(cd "$1" 2>/dev/null || exit 3
printf 'fairlead-variables\0' >&2
env -0 >&2
f=${1#/}
set --
for n in "$f/.devcontainer" "$f/.devcontainer.json" "$f/.devcontainer-lock.json"; do [ ! -e "/$n" ] || set -- "$@" "$n"; done
d=$f
while :; do
  if [ -e "/$d/.git" ]; then
    for n in .git/HEAD .git/commondir; do [ ! -e "/$d/$n" ] || set -- "$@" "$d/$n"; done
    [ ! -d "/$d/.git" ] || set -- "$@" "$d/.git/objects" "$d/.git/refs"
    [ ! -f "/$d/.git" ] || set -- "$@" "$d/.git"
    break
  fi
  case $d in */*) d=${d%/*} ;; *) break ;; esac
done
[ $# -gt 0 ] || exit 0
exec tar -C / -czf - --exclude='.git/objects/*' --exclude='.git/refs/*' -- "$@")sh";

constexpr auto fetch_script = R"sh([ -e "$1" ] || exit 3
exec tar -C / -czf - --exclude=.git -- "${1#/}")sh";

constexpr auto put_script = R"sh(new=$1.$$
[ ! -e "$1" ] || cp -p -- "$1" "$new"
cat >"$new" && mv -f -- "$new" "$1" && exit 0
rm -f -- "$new"
exit 1)sh";

constexpr int not_there = 3;
constexpr std::string_view folder_prefix = "host-";

/// What runs that were killed left behind: their process is in the name.
void remove_remains(const fs::path& folder) {
  std::error_code fault;
  for (const auto& entry : fs::directory_iterator(folder, fault)) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with(folder_prefix)) continue;
    const auto process = std::atoi(name.c_str() + folder_prefix.size());
    if (process > 0 && ::kill(process, 0) != 0 && errno == ESRCH) {
      fs::remove_all(entry.path(), fault);
    }
  }
}

std::string new_folder(const Core& core) {
  const auto staging = fs::path(core.state_folder()) / "staging";
  std::error_code fault;
  fs::create_directories(staging, fault);
  remove_remains(staging);
  auto name =
      (staging / (std::string(folder_prefix) + std::to_string(::getpid()) + "-XXXXXX")).string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw Error(Status::failed, "file.write",
                "No folder can be made for the copies of a host's files: " + name + ": " +
                    std::strerror(errno));
  }
  return name;
}

Environment variables_in(std::string_view said) {
  constexpr std::string_view mark("fairlead-variables\0", 19);
  Environment found;
  const auto begin = said.find(mark);
  if (begin == std::string_view::npos) return found;
  said.remove_prefix(begin + mark.size());
  while (!said.empty()) {
    const auto end = std::min(said.find('\0'), said.size());
    const auto line = said.substr(0, end);
    const auto equals = line.find('=');
    if (equals != std::string_view::npos && end < said.size()) {
      found.emplace(line.substr(0, equals), line.substr(equals + 1));
    }
    said.remove_prefix(std::min(end + 1, said.size()));
  }
  return found;
}

void strip(nlohmann::ordered_json& value, const RemoteFolder& folder) {
  if (value.is_string()) value = folder.there(value.get<std::string>());
  if (!value.is_structured()) return;
  for (auto& member : value) strip(member, folder);
}

}  // namespace

std::optional<RemotePlace> parse_remote_place(const std::string& text) {
  const auto scheme = text.find("://");
  if (scheme == std::string::npos || text.find('/') < scheme) return std::nullopt;
  const auto slash = text.find('/', scheme + 3);
  auto folder = slash == std::string::npos ? std::string{} : text.substr(slash);
  while (folder.size() > 1 && folder.back() == '/') folder.pop_back();
  if (folder.size() < 2) {
    throw Error(Status::invalid, "host.folder", "'" + text + "' names no folder of the host.",
                "Write ssh://user@host/absolute/path.");
  }
  return RemotePlace{.host = text.substr(0, slash), .folder = std::move(folder)};
}

RemoteFolder::RemoteFolder(const Core& core, std::shared_ptr<Host> host, RemotePlace place,
                           const std::stop_token& stop)
    : host_(std::move(host)), place_(std::move(place)), root_(new_folder(core)) {
  try {
    std::string said;
    copy(describe_script, place_.folder, &said, stop);
    environment_ = variables_in(said);
    fs::create_directories(here(place_.folder));
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
    throw;
  }
}

RemoteFolder::~RemoteFolder() {
  std::error_code ignored;  // what is left goes with the remains of killed runs
  fs::remove_all(root_, ignored);
}

std::string RemoteFolder::there(std::string text) const {
  for (auto at = text.find(root_); at != std::string::npos; at = text.find(root_, at)) {
    text.erase(at, root_.size());
  }
  return text;
}

ConfigDocument RemoteFolder::there(ConfigDocument document) const {
  auto json = *document.json;
  strip(json, *this);
  document.json = std::make_shared<const nlohmann::ordered_json>(std::move(json));
  auto& workspace = document.workspace;
  workspace.local_folder = there(workspace.local_folder);
  workspace.mount_root = there(workspace.mount_root);
  if (workspace.mount) workspace.mount = there(*workspace.mount);
  if (workspace.additional_mount) workspace.additional_mount = there(*workspace.additional_mount);
  workspace.container_folder = there(workspace.container_folder);
  auto& variables = document.variables;
  variables.local_workspace_folder = there(variables.local_workspace_folder);
  variables.container_workspace_folder = there(variables.container_workspace_folder);
  return document;
}

void RemoteFolder::fetch(const std::string& path, const std::stop_token& stop) const {
  copy(fetch_script, there(path), nullptr, stop);
}

void RemoteFolder::put(const std::string& path, const std::string& text,
                       const std::stop_token& stop) const {
  const auto said =
      run_captured_on(*host_, {.argv = {"/bin/sh", "-c", put_script, "sh", path}}, stop, text);
  if (said.exit_code == 0) return;
  throw Error(Status::failed, "host.copy",
              path + " cannot be written on " + place_.host + ": " + said.err,
              "Is there room, and may you write there?");
}

void RemoteFolder::copy(const std::string& script, const std::string& argument, std::string* said,
                        const std::stop_token& stop) const {
  const auto archive = root_ + "/.archive";
  CallOptions options{.stop = stop};
  SpawnRequest request{.argv = {"/bin/sh", "-c", script, "sh", argument}};
  request.out = options.pass(
      UniqueFd(::open(archive.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)));
  auto pipe = make_pipe();
  request.err = options.pass(std::move(pipe.write_end));
  std::string words;
  int status = 0;
  {
    const PipeReader reader(std::move(pipe.read_end),
                            [&](std::string_view bytes) { words += bytes; });
    status = host_->spawn(request, std::move(options)).exit_code;
  }
  if (status == not_there) {
    throw Error(Status::not_found, "host.folder_not_found",
                argument + " does not exist on " + place_.host + ", or you may not read it.");
  }
  if (status != 0) {
    throw Error(Status::failed, "host.copy",
                "Copying " + argument + " from " + place_.host + " failed (tar ended with " +
                    std::to_string(status) + "): " + words.substr(words.find_last_of('\0') + 1),
                "Are tar and gzip installed there?");
  }
  if (said != nullptr) *said = std::move(words);
  if (fs::file_size(archive) > 0) extract_archive(archive, root_, {}, stop);
  fs::remove(archive);
}

}  // namespace fairlead
