#include "commands.hpp"

#include "files.hpp"
#include "spawn.hpp"

#include <fairlead/relay/sys.hpp>

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>

namespace fairlead::relay {
namespace {

constexpr int exit_of_failure = 126;

struct Action {  // as the kernel has it
  void (*handler)(int);
  unsigned long flags;
  void (*restorer)();
  std::uint64_t mask;
};

constexpr std::uint64_t bit_of(int signal) { return std::uint64_t{1} << (signal - 1); }

void set_signal(int number, void (*handler)(int)) {
  const Action action{.handler = handler, .flags = 0, .restorer = nullptr, .mask = 0};
  sys::call(SYS_rt_sigaction, number, sys::address(&action), 0, 8);
}

/// The fourth word behind the name, which may contain anything.
std::uint64_t session_of(std::uint32_t pid) {
  const auto stat = read_file(ProcPath(pid, "/stat").c_str(), 512);
  auto text = view(stat);
  const auto name_end = text.rfind(')');
  if (name_end == text.npos) return 0;
  text.remove_prefix(name_end + 1);
  take_word(text), take_word(text), take_word(text);
  auto session = take_word(text);
  return take_number(session);
}

int status_of(int raw) { return WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw); }

/// One of a command's streams.
class CommandStream final : public Channel {
 public:
  CommandStream(Commands& commands, Mux& mux, std::uint32_t id, std::uint32_t command)
      : Channel(mux, id), commands_(commands), command_(command) {}

 private:
  void on_input_end() override {
    if (auto* command = commands_.find(command_)) command->output_ended();
  }
  void on_done(bool reset, ResetReason, std::string_view) override {
    auto* command = commands_.find(command_);
    if (command == nullptr || !reset) return;
    if (id() == command_) command->hang_up();
    if (!input_ended()) command->output_ended();
  }

  Commands& commands_;
  std::uint32_t command_;
};

}  // namespace

Commands::Commands(Mux& mux, char** environment, Parent parent)
    : mux_(mux), environment_(environment), parent_(parent) {
  const auto child = bit_of(SIGCHLD);
  sys::call(SYS_rt_sigprocmask, SIG_BLOCK, sys::address(&child), sys::address(&mask_), 8);
  set_signal(SIGPIPE, SIG_IGN);
  if (parent_ == Parent::relay) set_signal(SIGHUP, SIG_IGN);  // its input ends, too
  signals_ = static_cast<int>(
      sys::call(SYS_signalfd4, -1, sys::address(&child), 8, O_CLOEXEC | O_NONBLOCK));
  if (signals_ >= 0) mux_.loop().watch(signals_, EPOLLIN, *this);
  sys::call(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, sys::address(descriptors_));
  const std::uint64_t all[2] = {descriptors_[1], descriptors_[1]};
  sys::call(SYS_prlimit64, 0, RLIMIT_NOFILE, sys::address(all), 0);
}

Commands::~Commands() {
  if (signals_ < 0) return;
  mux_.loop().forget(signals_);
  sys::close(signals_);
}

void Commands::become_child() const {
  sys::call(SYS_prlimit64, 0, RLIMIT_NOFILE, sys::address(descriptors_), 0);
  sys::call(SYS_prctl, PR_SET_PDEATHSIG, SIGHUP);
  set_signal(SIGPIPE, SIG_DFL);
  if (parent_ == Parent::relay) set_signal(SIGHUP, SIG_DFL);
  sys::call(SYS_rt_sigprocmask, SIG_SETMASK, sys::address(&mask_), 0, 8);
}

void Commands::run(std::uint32_t id, const RunRequest& request) {
  const auto spawned = spawn(*this, request);
  const auto errors = request.error_channel == with_output ? 0 : request.error_channel;
  auto& stream = mux_.add(std::make_unique<CommandStream>(*this, mux_, id, id));
  if (spawned.pid < 0) {
    mux_.send(FrameType::exit, id, PayloadWriter().u32(exit_of_failure));
    if (errors != 0) mux_.send_reset(errors, ResetReason::other);
    return stream.reset(ResetReason::other, "no process can be made");
  }
  commands_.push_back(std::make_unique<Command>(*this, mux_, id, spawned.pid, errors));
  if (spawned.terminal) commands_.back()->set_terminal(spawned.out);
  mux_.send(FrameType::opened, id, PayloadWriter().u32(window));
  stream.allow(request.credit);
  stream.join(spawned.out, spawned.in);
  if (errors == 0) return;
  auto& error_stream = mux_.add(std::make_unique<CommandStream>(*this, mux_, errors, id));
  error_stream.receives_nothing();
  error_stream.allow(request.credit);
  error_stream.join(spawned.err, -1);
}

Command* Commands::find(std::uint32_t id) {
  for (const auto& command : commands_) {
    if (command->id() == id) return command.get();
  }
  return nullptr;
}

void Commands::remove(std::uint32_t id) {
  std::erase_if(commands_, [id](const auto& command) { return command->id() == id; });
}

void Commands::on_ready(int, std::uint32_t) {
  std::array<char, 128 * 8> records;
  sys::read(signals_, records.data(), records.size());
  for (;;) {
    int raw = 0;
    const long pid = sys::call(SYS_wait4, -1, sys::address(&raw), WNOHANG, 0);
    if (pid <= 0) return;
    for (const auto& command : commands_) {
      if (command->pid() != pid) continue;
      command->exited(status_of(raw));
      break;
    }
  }
}

void Commands::end_all() {
  const auto until = Loop::now_ms() + grace_ms() + 500;
  while (!commands_.empty() && Loop::now_ms() < until) mux_.loop().run_once(500);
  for (const auto& command : commands_) command->kill_session();
}

Command::Command(Commands& commands, Mux& mux, std::uint32_t id, int pid,
                 std::uint32_t error_channel)
    : Timer(mux.loop()),
      commands_(commands),
      mux_(mux),
      id_(id),
      pid_(pid),
      error_channel_(error_channel),
      outputs_(error_channel == 0 ? 1 : 2) {}

void Command::resize(int terminal, std::uint16_t rows, std::uint16_t columns) {
  if (terminal >= 0 && outputs_ > 0) set_terminal_size(terminal, rows, columns);
}

void Command::signal(int number) const {
  if (status_ >= 0) return;
  // A moment after its birth it is not yet a group of its own.
  if (sys::call(SYS_kill, -pid_, number) == -ESRCH) sys::call(SYS_kill, pid_, number);
}

void Command::hang_up() {
  if (unwanted_) return;
  unwanted_ = true;
  if (status_ >= 0) return;
  signal(SIGHUP);
  signal(SIGCONT);
  set(commands_.grace_ms());
}

void Command::kill_session() const {
  signal(SIGKILL);
  for (const auto pid : numbers_in("/proc")) {
    if (session_of(pid) == static_cast<std::uint64_t>(pid_)) {
      sys::call(SYS_kill, static_cast<int>(pid), SIGKILL);
    }
  }
}

void Command::on_timer() {
  if (status_ < 0) return kill_session();
  outputs_ = 0;
  for (const auto id : {id_, error_channel_}) {
    if (auto* channel = id != 0 ? mux_.find(id) : nullptr) channel->end_input();
  }
  finish();
}

/// Its own output is in the pipes by now; what children that it left behind may still say is waited
/// for a little, as engines do it.
void Command::exited(int status) {
  if (unwanted_) kill_session();  // it left in good order, what it started may not have
  status_ = status;
  if (outputs_ <= 0 || unwanted_) return finish();
  set(commands_.grace_ms());
}

void Command::output_ended() {
  if (--outputs_ == 0 && status_ >= 0) finish();
}

void Command::finish() {
  mux_.send(FrameType::exit, id_, PayloadWriter().u32(static_cast<std::uint32_t>(status_)));
  if (auto* channel = mux_.find(id_)) channel->stop_output();
  commands_.remove(id_);
}

}  // namespace fairlead::relay
