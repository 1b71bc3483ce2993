#include "ssh-remote/session.hpp"

#include <fairlead/error.hpp>
#include <fairlead/sdk/pipe.hpp>
#include <fairlead/sdk/pump.hpp>
#include <fairlead/sdk/timer.hpp>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>
#include <utility>

namespace fairlead::ssh {
namespace {

// Of a cancelled command, in all less than the five seconds that the core waits.
constexpr auto message_grace = std::chrono::milliseconds(1000);
constexpr auto end_grace = std::chrono::milliseconds(3000);
// One argument of a program has at most 128 KiB; a byte may become five.
constexpr std::size_t longest_script = 24 * 1024;

UniqueFd or_nothing(UniqueFd fd, int flags) {
  if (fd) return fd;
  return UniqueFd(::open("/dev/null", flags | O_CLOEXEC));
}

// OpenSSH makes what it is given non-blocking, for everybody who shares it.
class KeptFlags {
 public:
  explicit KeptFlags(int fd) : fd_(fd), flags_(::fcntl(fd, F_GETFL)) {}
  ~KeptFlags() {
    if (flags_ >= 0) ::fcntl(fd_, F_SETFL, flags_);
  }
  KeptFlags(const KeptFlags&) = delete;
  KeptFlags& operator=(const KeptFlags&) = delete;

 private:
  int fd_;
  int flags_;
};

// Passes a command's output on, without what the login shell said before it.
class QuietOutput {
 public:
  QuietOutput(const std::string& mark, int to)
      : pipe_(sdk::make_pipe()), thread_([this, line = mark_line(mark), to] { copy(line, to); }) {}
  ~QuietOutput() {
    pipe_.write.reset();
    if (thread_.joinable()) thread_.join();
  }
  QuietOutput(const QuietOutput&) = delete;
  QuietOutput& operator=(const QuietOutput&) = delete;

  int fd() const { return pipe_.write.get(); }

 private:
  void copy(const std::string& line, int to) const {
    std::string seen;
    for (char byte = 0; !seen.ends_with(line);) {
      const auto got = ::read(pipe_.read.get(), &byte, 1);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return;
      seen += byte;
      if (seen.size() > 2 * line.size()) seen.erase(0, seen.size() - line.size());
    }
    try {
      sdk::pump(pipe_.read.get(), to);
    } catch (const Error&) {  // the receiver is gone: the command will hear of it
      return;
    }
  }

  sdk::Pipe pipe_;
  std::thread thread_;
};

Error lost(const Master& master) {
  return {Status::unavailable, "host.lost",
          "The connection to " + master.address().text() +
              " was lost while the command ran; how it ended is not known.",
          "The next command connects anew, and ends there what still runs of this one."};
}

}  // namespace

struct Sessions::Running {
  std::string id;
  NoteFile note;
  std::unique_ptr<LocalTerminal> terminal;
};

SpawnReply Sessions::spawn(Master& master, const SpawnRequest& request, sdk::Call& call) {
  if (request.argv.empty() || request.argv.front().empty()) {
    throw Error(Status::invalid, "host.spawn", "there is no command to run");
  }
  const auto facts = master.facts(call.cancel_fd());
  auto running = std::make_shared<Running>();
  {
    const std::lock_guard lock(mutex_);
    running->id = std::to_string(::getpid()) + '-' + std::to_string(++started_);
  }
  if (!facts.folder.empty()) {
    running->note.path = facts.folder + '/' + master.files().id + '.' + running->id;
  }
  auto in = or_nothing(call.take(request.in), O_RDONLY);
  auto out = or_nothing(call.take(request.out), O_WRONLY);
  auto err = or_nothing(call.take(request.err), O_WRONLY);

  const bool strip = facts.noisy && !request.terminal;
  const auto mark = strip ? short_hash(running->id + master.files().id) : std::string{};
  auto script = spawn_script(request, running->note, mark);
  // Variables may be secrets, and everybody on a machine can read a command line.
  if ((!request.env.empty() || script.size() > longest_script) && !facts.folder.empty()) {
    const auto file = sh_word(running->note.path + ".sh");
    const auto stored =
        master.run("umask 077; cat >" + file, call.cancel_fd(), "rm -f " + file + '\n' + script);
    if (stored.exit_code != 0) {
      throw Error(Status::failed, "host.disk_full",
                  "The host " + master.address().text() + " cannot store a small file in " +
                      facts.folder + ".",
                  "Is its disk full?");
    }
    script = ". " + file;
  }

  MuxSession session{.command = for_any_shell(script),
                     .term = {},
                     .in = in.get(),
                     .out = out.get(),
                     .err = err.get()};
  if (request.terminal) {
    running->terminal = std::make_unique<LocalTerminal>(request.terminal->size);
    session.term = request.terminal->term.empty() ? "xterm" : request.terminal->term;
    session.in = session.out = session.err = running->terminal->inner();
    auto mux = master.open(session, call.cancel_fd());
    running->terminal->start(std::move(in), std::move(out));
    return finish(master, mux, *running, request, call);
  }
  const KeptFlags flags_in(in.get());
  const KeptFlags flags_out(out.get());
  const KeptFlags flags_err(err.get());
  std::optional<QuietOutput> quiet;
  if (strip) {
    quiet.emplace(mark, out.get());
    session.out = quiet->fd();
  }
  auto mux = master.open(session, call.cancel_fd());
  return finish(master, mux, *running, request, call);
}

SpawnReply Sessions::finish(Master& master, Mux& mux, Running& running, const SpawnRequest& request,
                            sdk::Call& call) {
  const std::shared_ptr<Running> shared(&running, [](Running*) {});
  {
    const std::lock_guard lock(mutex_);
    running_[running.id] = shared;
  }
  struct Forget {
    Sessions& all;
    const std::string& id;
    ~Forget() {
      const std::lock_guard lock(all.mutex_);
      all.running_.erase(id);
    }
  } const forget{*this, running.id};
  call.emit({.started = running.id});
  const auto ended = mux.wait_session(call.cancel_fd());
  if (ended.cancelled) {
    end(master, mux, running);
    throw Error(Status::cancelled, "call.cancelled", "the command was cancelled");
  }
  if (!ended.exit_code) {
    // Killed with everything in its group, or out of reach: a master that still answers knows.
    const auto still = Mux::connect(master.files().socket, call.cancel_fd());
    if (!still) throw lost(master);
    try {
      master.run("rm -f " + sh_word(running.note.path), sdk::Timer(message_grace).fd());
    } catch (const Error&) {
      throw lost(master);
    }
    return {128 + SIGKILL};
  }
  if ((*ended.exit_code != 126 && *ended.exit_code != 127) || running.note.path.empty()) {
    return {*ended.exit_code};
  }
  const auto note = sh_word(running.note.path);
  const auto why = master.run("cat " + note + "; rm -f " + note, call.cancel_fd()).output;
  if (why == "command\n") {
    throw Error(
        Status::not_found, "host.command_not_found",
        "There is no command '" + request.argv.front() + "' on " + master.address().text() + ".",
        "Install it there, or add its folder to PATH.");
  }
  if (why == "folder\n") {
    throw Error(Status::not_found, "host.folder_not_found",
                "The working directory " + request.working_directory + " does not exist on " +
                    master.address().text() + ".");
  }
  return {*ended.exit_code};
}

// TERM to the group, KILL after a grace: the script there does both, whether we wait for it or not.
void Sessions::end(Master& master, Mux& mux, const Running& running) {
  try {
    master.run(end_script(running.note), sdk::Timer(end_grace).fd());
  } catch (const Error&) {  // slow: it goes on there; out of reach: the next connection ends it
    return;
  }
  mux.wait_session(-1, message_grace);
}

void Sessions::control(Master& master, const SpawnControlRequest& request, int cancel_fd) {
  NoteFile note;
  bool resized = false;
  {
    const std::lock_guard lock(mutex_);
    const auto found = running_.find(request.process);
    if (found == running_.end()) {
      throw Error(Status::not_found, "host.process_not_found",
                  "There is no running process '" + request.process + "'.");
    }
    note = found->second->note;
    resized = request.resize && found->second->terminal;
    if (resized) found->second->terminal->resize(*request.resize);
  }
  // The master looks at the sizes of all its terminals when it gets this signal.
  if (resized) ::kill(master.connect(cancel_fd).master(cancel_fd), SIGWINCH);
  if (request.signal.empty()) return;
  const auto name = request.signal.starts_with("SIG") ? request.signal.substr(3) : request.signal;
  if (name.empty() ||
      name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != std::string::npos) {
    throw Error(Status::invalid, "host.signal",
                "There is no signal '" + request.signal + "' to send.");
  }
  if (note.path.empty()) {
    throw Error(
        Status::unsupported, "host.signal",
        "The host has no place where a command could leave a note of itself, so none can be "
        "signalled.",
        "Is its disk full?");
  }
  const auto sent = master.run(signal_script(note, name), cancel_fd);
  if (sent.exit_code != 0) {
    throw Error(Status::invalid, "host.signal",
                "The signal '" + request.signal + "' could not be sent.");
  }
}

}  // namespace fairlead::ssh
