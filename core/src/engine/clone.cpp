#include "engine/clone.hpp"

#include "base/atomic_file.hpp"
#include "base/lock.hpp"
#include "base/pipe.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "engine/remote_clone.hpp"
#include "engine/remote_folder.hpp"
#include "spec/git_place.hpp"

#include <fairlead/git_address.hpp>

#include <fcntl.h>

#include <array>
#include <charconv>
#include <filesystem>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

/// Beside the clone; no repository's folder has a '+' in its name.
constexpr const char* source_name = "+source";
constexpr const char* partial_name = "+partial";
constexpr std::size_t shortest_token = 16;
constexpr std::chrono::hours longest_wait{2};  // for another `up` that clones the same

/// Git looks at these first: set by a hook that calls us, they would mean another repository.
constexpr std::array<const char*, 7> of_another = {
    "GIT_DIR",        "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
    "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX"};

/// Answers git's question with variables of its own process: no file, no command line.
constexpr const char* credential_helper =
    "!f() { [ \"$1\" = get ] || exit 0; echo \"username=$FAIRLEAD_GIT_USER\"; "
    "[ -z \"$FAIRLEAD_GIT_PASSWORD\" ] || echo \"password=$FAIRLEAD_GIT_PASSWORD\"; }; f";

/// For that host alone: a submodule elsewhere does not get them. An empty helper takes back those
/// that came before: the user's own would keep the password.
void add_credentials(Environment& environment, const GitPlace& place) {
  if (place.user.empty() && place.password.empty()) return;
  int count = 0;
  const auto& said = environment["GIT_CONFIG_COUNT"];
  std::from_chars(said.data(), said.data() + said.size(), count);
  const auto host = place.url.substr(0, place.url.find('/', place.url.find("://") + 3));
  const auto add = [&](const std::string& helper) {
    const auto number = std::to_string(count++);
    environment["GIT_CONFIG_KEY_" + number] = "credential." + host + ".helper";
    environment["GIT_CONFIG_VALUE_" + number] = helper;
  };
  if (!place.password.empty()) add({});  // without one, theirs may know it
  add(credential_helper);
  environment["GIT_CONFIG_COUNT"] = std::to_string(count);
  environment["FAIRLEAD_GIT_USER"] = place.user;
  environment["FAIRLEAD_GIT_PASSWORD"] = place.password;
}

class Git {
 public:
  Git(const Core& core, const GitPlace& place, std::stop_token stop)
      : core_(core), environment_(core.options().environment), stop_(std::move(stop)) {
    for (const auto* name : of_another) environment_.erase(name);
    // Nobody sits at a terminal of this process: it fails instead of asking.
    environment_["GIT_TERMINAL_PROMPT"] = "0";
    environment_["SSH_ASKPASS_REQUIRE"] = "never";
    const bool own_ssh = environment_.contains("GIT_SSH") ||
                         environment_.contains("GIT_SSH_COMMAND") || says("core.sshCommand");
    if (!own_ssh) environment_["GIT_SSH_COMMAND"] = "ssh -o BatchMode=yes";
    if (!says("core.askPass")) environment_.try_emplace("GIT_ASKPASS", "true");
    add_credentials(environment_, place);
  }

  /// Its exit status; what it said is in said().
  int run(std::vector<std::string> words) {
    words.insert(words.begin(), "git");
    said_.clear();
    auto pipe = make_pipe();
    CallOptions options{.stop = stop_};
    SpawnRequest request{.argv = std::move(words), .env = environment_, .clean_env = true};
    request.out = options.pass(UniqueFd(::fcntl(pipe.write_end.get(), F_DUPFD_CLOEXEC, 0)));
    request.err = options.pass(std::move(pipe.write_end));
    const PipeReader reader(std::move(pipe.read_end),
                            [this](std::string_view piece) { said_ += piece; });
    try {
      return local_host()->spawn(request, std::move(options)).exit_code;
    } catch (const Error& error) {
      if (error.code() != "host.command_not_found") throw;
      throw Error(Status::unavailable, "git.missing", "There is no git on this machine.",
                  "Install git: a repository is cloned by it.");
    }
  }

  void must(std::vector<std::string> words, const std::string& what) {
    if (run(std::move(words)) == 0) return;
    throw Error(Status::failed, "git.clone",
                what + " failed: " + core_.masked(std::string(trim(said_))),
                "git's own credential helpers and your ssh agent are used as in a terminal; "
                "nothing is asked.");
  }

  const std::string& said() const { return said_; }

 private:
  /// Whether git's configuration has a word on it.
  bool says(const std::string& key) {
    return run({"config", "--get", key}) == 0 && !trim(said_).empty();
  }

  const Core& core_;
  Environment environment_;
  std::stop_token stop_;
  std::string said_;
};

fs::path home_of(const Core& core, const GitPlace& place) {
  return fs::path(core.data_folder()) / "clones" / sha256_hex(place.text()).substr(0, 16);
}

bool knows(Git& git, const std::string& folder, const std::string& revision) {
  return git.run({"-C", folder, "rev-parse", "--verify", "--quiet", revision}) == 0;
}

void check_out(Git& git, const GitPlace& place, const std::string& folder) {
  const auto check_out = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"-C", folder, "checkout", "--quiet"});
    git.must(std::move(words), "Checking out " + place.text());
  };
  if (place.ref.empty()) {
    if (!knows(git, folder, "HEAD^{commit}")) {
      throw Error(Status::not_found, "git.ref", place.url + " has no commit yet.");
    }
    return check_out({});
  }
  if (knows(git, folder, "refs/remotes/origin/" + place.ref)) {
    return check_out({"-B", place.ref, "--track", "origin/" + place.ref});
  }
  if (knows(git, folder, place.ref + "^{commit}")) {
    return check_out({"--detach", place.ref + "^{commit}"});
  }
  // A commit that no branch has, or a reference of the server's own such as pull/7/head.
  if (git.run({"-C", folder, "fetch", "--quiet", "origin", place.ref}) == 0) {
    return check_out({"--detach", "FETCH_HEAD"});
  }
  throw Error(Status::not_found, "git.ref",
              place.url + " has no branch, tag or commit '" + place.ref + "'.");
}

/// Complete, or not there: it gets its name last.
void clone(Core& core, const GitPlace& place, const fs::path& home, const std::stop_token& stop) {
  const LogStep step(core.log(), "Cloning " + place.text());
  const auto partial = (home / partial_name).string();
  try {
    fs::remove_all(partial);
    Git git(core, place, stop);
    std::vector<std::string> words = {"clone", "--quiet", "--no-checkout"};
    const auto depth = core.settings({}, nullptr).number("clone_depth");
    if (depth > 0)
      words.insert(words.end(), {"--depth", std::to_string(depth), "--no-single-branch"});
    words.insert(words.end(), {"--", place.url, partial});
    git.must(std::move(words), "Cloning " + place.url);
    check_out(git, place, partial);
    git.must({"-C", partial, "submodule", "--quiet", "update", "--init", "--recursive"},
             "Fetching the submodules of " + place.text());
    write_file(home / source_name, place.text() + '\n', 0600);
    fs::rename(partial, home / place.name);
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(home, ignored);
    throw;
  }
}

/// As it is written there, without credentials; empty: there is none that could be told.
std::string origin_of(Git& git, const std::string& folder) {
  if (git.run({"-C", folder, "config", "--get", "remote.origin.url"}) != 0) return {};
  try {
    return without_credentials(std::string(trim(git.said())));
  } catch (const Error&) {
    return {};
  }
}

/// The reference knows folders only.
std::optional<GitPlace> place_of(const Core& core, const Selection& selection) {
  if (core.mode() == Mode::drop_in) return {};
  return parse_git_place(selection.workspace_folder);
}

}  // namespace

Selection with_clone(Core& core, Selection selection, const std::stop_token& stop) {
  const auto place = place_of(core, selection);
  if (!place) return selection;
  if (const auto there = place_of_clone_there(core, *place, stop)) {
    selection.workspace_folder = there->text();
    return selection;
  }
  const auto folder = home_of(core, *place) / place->name;
  if (!fs::is_directory(folder)) {
    throw Error(Status::not_found, "git.not_cloned", place->text() + " has not been cloned yet.",
                "`fairlead up " + place->text() + "` does that.");
  }
  selection.workspace_folder = folder.string();
  const bool relative = !selection.config.empty() && selection.config.front() != '/';
  if (relative) selection.config = (folder / selection.config).string();
  return selection;
}

namespace {

/// What comes later finds the connection there: this is where waiting for it can be ended.
void connect_to_host_of(Core& core, const Selection& selection, const std::stop_token& stop) {
  const auto place = parse_remote_place(selection.workspace_folder);
  if (place) core.host(core.settings(place->text(), nullptr))->describe({.stop = stop});
}

}  // namespace

Selection fetch_workspace(Core& core, Selection selection, std::stop_token stop) {
  const auto place = place_of(core, selection);
  if (!place) {
    connect_to_host_of(core, selection, stop);
    return selection;
  }
  if (!place->password.empty()) core.add_secrets({{"git", place->password}});
  // A user alone may be a token; shorter ones are names, and words that others say as well.
  if (place->password.empty() && place->user.size() >= shortest_token)
    core.add_secrets({{"git", place->user}});
  if (const auto there = place_of_clone_there(core, *place, stop)) {
    clone_there(core, *place, *there, stop);
    return with_clone(core, std::move(selection), stop);
  }
  const auto home = home_of(core, *place);
  const LockWait wait{.stop = stop, .timeout = longest_wait, .on_blocked = {}};
  const auto lock = FileLock::acquire(
      fs::path(core.state_folder()) / "locks" / (home.filename().string() + ".clone"),
      LockMode::exclusive, wait, "clone");
  if (!fs::is_directory(home / place->name)) {
    fs::create_directories(home);
    clone(core, *place, home, stop);
  }
  return with_clone(core, std::move(selection), stop);
}

std::string clone_source(const Core& core, const std::string& folder) {
  const auto home = fs::path(folder).parent_path();
  if (home.parent_path() != fs::path(core.data_folder()) / "clones") return {};
  return std::string(trim(read_file_if_there(home / source_name).value_or(std::string())));
}

void clone_committed(const Core& core, const std::string& folder, const std::string& into,
                     const std::stop_token& stop) {
  Git git(core, {}, stop);
  git.must({"clone", "--quiet", "--no-hardlinks", "--", folder, into}, "Cloning " + folder);
  if (const auto origin = origin_of(git, folder); !origin.empty()) {
    git.must({"-C", into, "remote", "set-url", "origin", origin}, "Naming the origin");
  }
  git.must({"-C", into, "submodule", "--quiet", "update", "--init", "--recursive"},
           "Fetching the submodules of " + folder);
}

}  // namespace fairlead
