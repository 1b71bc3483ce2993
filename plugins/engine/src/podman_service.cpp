#include <fairlead/engine/own_call.hpp>
#include <fairlead/engine/podman_service.hpp>
#include <fairlead/engine/text.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <mutex>
#include <optional>
#include <sstream>
#include <thread>

namespace fairlead::engine {
namespace {

using namespace std::chrono_literals;

constexpr auto start_limit = 20s;
/// A service whose owner was killed ends so many seconds after the last connection.
constexpr auto idle_option = "--time=5";
constexpr std::size_t longest_socket = 100;

struct Complaint {
  std::string_view words;
  const char* code;
  const char* message;
  const char* hint;
  std::string_view reason = {};  ///< what the line ends with; anything when empty
  std::string_view shown = {};   ///< words of the line that says most; empty: the last one
};

/// One line holds the words and, behind them, the reason.
bool says(std::string_view text, std::string_view words, std::string_view reason = {}) {
  for (auto at = text.find(words); at != text.npos; at = text.find(words, at + 1)) {
    const auto line = text.substr(at, text.find('\n', at) - at);
    if (line.find(reason, words.size()) != line.npos) return true;
  }
  return false;
}

constexpr Complaint too_few_ids{
    "insufficient UIDs or GIDs", "podman.subuid",
    "Podman has too few ids for containers of this user",
    "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $USER, then "
    "podman system migrate"};
constexpr Complaint files_of_others{
    ": lchown ", "podman.subuid",
    "Podman has too few ids for containers of this user: the image has files of others",
    "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $USER, then "
    "podman system migrate",
    "invalid argument"};
constexpr Complaint failing_mount_program{
    "using mount program",
    "podman.overlay",
    "The program that mounts Podman's storage does not work here",
    "It needs /dev/fuse, open to you (modprobe fuse). A kernel from 5.13 on needs no such program: "
    "take mount_program out of storage.conf; or set driver = \"vfs\", which works everywhere.",
    {},
    "fuse: "};
constexpr Complaint closed_runtime_folder{
    "unable to create socket: listen unix", "podman.runtime_dir",
    "Podman's service has no folder for its socket: XDG_RUNTIME_DIR is not this user's",
    "export XDG_RUNTIME_DIR=/run/user/$(id -u) after `loginctl enable-linger`, or log in "
    "as the user instead of using su."};

constexpr std::array complaints{
    Complaint{"no subuid ranges", "podman.subuid", "Podman has no ids for containers of this user",
              "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $USER, then "
              "podman system migrate"},
    too_few_ids,
    files_of_others,
    failing_mount_program,
    Complaint{"overlay: can't stat program", "podman.overlay",
              "The program that mounts Podman's storage is not there",
              "Install fuse-overlayfs, or take mount_program out of storage.conf: a kernel from "
              "5.13 on needs none."},
    Complaint{"newuidmap", "podman.subuid", "Podman cannot map ids for containers of this user",
              "Install newuidmap and newgidmap (apt-get install uidmap)."},
    Complaint{"XDG_RUNTIME_DIR", "podman.runtime_dir",
              "Podman has no folder for what runs: this is no user session",
              "export XDG_RUNTIME_DIR=/run/user/$(id -u) after `loginctl enable-linger`, or log in "
              "as the user instead of using su."},
    Complaint{"Failed to obtain podman configuration: lstat", "podman.runtime_dir",
              "Podman has no folder for what runs: XDG_RUNTIME_DIR leads nowhere",
              "export XDG_RUNTIME_DIR=/run/user/$(id -u) after `loginctl enable-linger`, or log in "
              "as the user instead of using su."},
    Complaint{"from database", "podman.storage",
              "Podman's storage was made with other settings than it is used with now",
              "Put the former driver or folder into storage.conf, or give the images and "
              "containers up: podman system reset."},
    Complaint{"contains several valid graphdrivers", "podman.storage",
              "Podman's storage was made with several drivers",
              "Name one in storage.conf (driver = \"overlay\"), or podman system reset."},
    Complaint{"not supported over", "podman.overlay",
              "Podman's storage lies where its driver cannot work",
              "Install fuse-overlayfs, move graphroot in storage.conf, or set driver = \"vfs\"."},
    Complaint{"kernel does not support overlay fs", "podman.overlay",
              "This kernel has no overlay file system for Podman's storage",
              "Install fuse-overlayfs, or set driver = \"vfs\" in storage.conf."},
    Complaint{"prerequisites for driver not satisfied", "podman.overlay",
              "Podman's storage lies where its driver cannot work",
              "Set another driver in storage.conf: \"overlay\", or \"vfs\" that works everywhere."},
    Complaint{"driver not supported", "podman.overlay",
              "Podman's storage driver does not work here",
              "Set another driver in storage.conf: \"overlay\", or \"vfs\" that works everywhere."},
    Complaint{"/dev/fuse", "podman.overlay", "Podman's storage needs /dev/fuse",
              "Make it accessible, or set driver = \"vfs\" in storage.conf."},
};

bool says(std::string_view text, const Complaint& complaint) {
  return says(text, complaint.words, complaint.reason);
}

/// Other faults of a socket or folder, and those elsewhere, are not the runtime folder's.
bool is_closed(const std::string& runtime_folder, std::string_view text) {
  if (runtime_folder.empty()) return false;
  for (const auto begin : {closed_runtime_folder.words, std::string_view("mkdir")}) {
    const auto words = std::string(begin) + ' ' + runtime_folder + '/';
    for (const auto* reason : {"no such file or directory", "permission denied", "not a directory",
                               "read-only file system"}) {
      if (says(text, words, reason)) return true;
    }
  }
  return false;
}

/// Podman's builder puts all that it knows before what happened.
std::string end_of(std::string line) {
  constexpr std::size_t longest = 300;
  return line.size() <= longest ? line : "..." + line.substr(line.size() - longest);
}

UniqueFd log_file() { return UniqueFd(::memfd_create("podman", MFD_CLOEXEC)); }
UniqueFd copy_of(const UniqueFd& fd) { return UniqueFd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3)); }
std::string content(const UniqueFd& fd) {
  std::array<char, 8192> buffer;
  const auto got = ::pread(fd.get(), buffer.data(), buffer.size(), 0);
  return {buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
}

/// Nobody can guess it, so nobody can wait there for us.
std::string private_socket(const Environment& environment) {
  std::array<std::uint64_t, 2> number{};
  (void)!::getrandom(number.data(), sizeof number, 0);
  std::ostringstream name;
  name << "/fairlead-podman-" << std::hex << number[0] << number[1] << ".sock";
  const auto folder = variable(environment, "XDG_RUNTIME_DIR");
  const bool fits = !folder.empty() && folder.size() + name.str().size() < longest_socket;
  return (fits ? folder : "/tmp") + name.str();
}

/// The line with these words, or the last one.
std::string line_with(std::string_view words, std::string_view text) {
  const auto at = words.empty() ? text.npos : text.find(words);
  if (at == text.npos) return last_line(text);
  const auto begin = text.rfind('\n', at) + 1;  // npos + 1: the first one
  return std::string(text.substr(begin, text.find('\n', at) - begin));
}

Error explained(const Complaint& known, std::string_view text) {
  return Error(Status::unavailable, known.code,
               std::string(known.message) + ": " + end_of(line_with(known.shown, text)),
               known.hint);
}

Error unreachable_podman(const std::string& why) {
  return Error(Status::unavailable, "engine.unreachable", "No Podman answers: " + why,
               "Start its service (`systemctl --user start podman.socket`), or install podman.");
}

/// Neither its service nor its command is there, so no container is either.
Error absent_podman(const std::string& why) {
  const auto unreachable = unreachable_podman(why);
  return Error(unreachable.status(), "engine.absent", unreachable.message(), unreachable.hint());
}

/// A `podman system service` that we started.
class OwnService {
 public:
  OwnService(const sdk::HostClient& host, const ConfigureRequest& configuration,
             const std::string& podman)
      : socket_(private_socket(configuration.environment)),
        runtime_folder_(variable(configuration.environment, "XDG_RUNTIME_DIR")),
        log_(log_file()),
        life_(24h * 365) {
    SpawnRequest command{.argv = {podman, "system", "service", idle_option, "unix://" + socket_},
                         .env = configuration.environment};
    thread_ = std::thread([this, host, command = std::move(command)] { run(host, command); });
  }
  ~OwnService() {
    life_.end();
    thread_.join();
  }
  OwnService(const OwnService&) = delete;
  OwnService& operator=(const OwnService&) = delete;

  const std::string& socket() const { return socket_; }
  bool ended() const { return ended_; }
  /// Why it ended.
  Error fault() const {
    if (missing_) return *missing_;
    const auto said = content(log_);
    if (said.empty()) return unreachable_podman("its service ended at once.");
    return podman_complaint(said, runtime_folder_);
  }

 private:
  void run(const sdk::HostClient& host, const SpawnRequest& command) {
    try {
      host.spawn(command, {}, copy_of(log_), copy_of(log_), life_.call());
    } catch (const Error& error) {
      missing_ = error.status() == Status::not_found ? absent_podman(error.message())
                                                     : unreachable_podman(error.message());
    }
    ended_ = true;
  }

  std::string socket_;
  std::string runtime_folder_;
  UniqueFd log_;
  OwnCall life_;
  std::atomic<bool> ended_ = false;
  std::optional<Error> missing_;  ///< set before ended_
  std::thread thread_;
};

}  // namespace

std::string podman_address(const PodmanSettings& settings, const Environment& environment) {
  return settings.host.empty() ? variable(environment, "CONTAINER_HOST") : settings.host;
}

std::vector<std::string> podman_sockets(const Environment& environment, int uid) {
  if (uid == 0) return {"/run/podman/podman.sock"};
  std::vector<std::string> sockets;
  const auto runtime = variable(environment, "XDG_RUNTIME_DIR");
  if (!runtime.empty()) sockets.push_back(runtime + "/podman/podman.sock");
  const auto standard = "/run/user/" + std::to_string(uid) + "/podman/podman.sock";
  if (sockets.empty()) sockets.push_back(standard);
  return sockets;
}

bool blames_the_machine(std::string_view text) {
  return says(text, too_few_ids) || says(text, files_of_others) ||
         says(text, failing_mount_program);
}

Error podman_complaint(std::string_view text, const std::string& runtime_folder) {
  for (const auto& known : complaints) {
    if (says(text, known)) return explained(known, text);
  }
  if (is_closed(runtime_folder, text)) return explained(closed_runtime_folder, text);
  return unreachable_podman(last_line(text));
}

struct PodmanService::State {
  sdk::Core core;
  ConfigureRequest configuration;
  PodmanSettings settings;
  std::string named;  ///< the address that the user named
  mutable std::mutex mutex;
  std::string socket;  ///< chosen
  std::unique_ptr<OwnService> own;

  UniqueFd dial_own(const sdk::Call& call) {
    const auto end = std::chrono::steady_clock::now() + start_limit;
    if (!own || own->ended()) {
      own.reset();
      own = std::make_unique<OwnService>(core.host(), configuration, settings.podman_path);
    }
    for (auto wait = 2ms;; pause_for(wait, call)) {
      const bool ended = own->ended();
      try {
        return core.host().dial({{}, 0, own->socket()}, call);
      } catch (const Error& error) {
        if (error.status() == Status::cancelled) throw;
      }
      if (ended) throw own->fault();
      if (std::chrono::steady_clock::now() > end) {
        throw unreachable_podman("its service takes longer than 20 s to start.");
      }
    }
  }

  std::optional<UniqueFd> dial_standard(const sdk::Call& call) {
    const int uid = core.host().describe(call).uid;
    for (const auto& path : podman_sockets(configuration.environment, uid)) {
      try {
        auto fd = core.host().dial({{}, 0, path}, call);
        socket = path;
        return fd;
      } catch (const Error& error) {
        if (error.status() == Status::cancelled) throw;
      }
    }
    return {};
  }
};

PodmanService::PodmanService(const sdk::Core& core, const ConfigureRequest& configuration,
                             PodmanSettings settings)
    : state_(new State{.core = core,
                       .configuration = configuration,
                       .settings = std::move(settings),
                       .named = {},
                       .mutex = {},
                       .socket = {},
                       .own = {}}) {
  state_->named = podman_address(state_->settings, configuration.environment);
  if (!state_->named.empty()) endpoint();  // refuses what it cannot be
}

PodmanService::~PodmanService() = default;

Endpoint PodmanService::endpoint() const {
  Endpoint endpoint;
  if (!state_->named.empty()) endpoint = parse_endpoint(state_->named);
  if (state_->named.empty()) endpoint.socket = "/run/podman/podman.sock";
  endpoint.origin = state_->settings.host.empty() ? "CONTAINER_HOST" : "setting 'host'";
  return endpoint;
}

UniqueFd PodmanService::dial(const sdk::Call& call) {
  const std::lock_guard lock(state_->mutex);
  const auto host = state_->core.host();
  if (!state_->named.empty()) {
    const auto to = endpoint();
    return host.dial({to.host, to.port, to.socket}, call);
  }
  if (!state_->socket.empty()) return host.dial({{}, 0, state_->socket}, call);
  if (!state_->own) {
    if (auto fd = state_->dial_standard(call)) return std::move(*fd);
  }
  return state_->dial_own(call);
}

std::string PodmanService::address() const {
  const std::lock_guard lock(state_->mutex);
  if (!state_->named.empty()) return endpoint().text();
  if (state_->own) return "unix://" + state_->own->socket();
  return state_->socket.empty() ? "" : "unix://" + state_->socket;
}

bool PodmanService::is_own() const {
  const std::lock_guard lock(state_->mutex);
  return state_->own != nullptr;
}

bool PodmanService::is_rootless(const sdk::Call& call) const {
  return state_->core.host().describe(call).uid != 0;
}

}  // namespace fairlead::engine
