#include "run_for_client.hpp"

#include "dispatch.hpp"
#include "lent_streams.hpp"

#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace fairlead::rpc {
namespace {

constexpr int first_words_s = 10;

const char* signal_name(int number) {
  static const std::map<int, const char*> names = {
      {SIGINT, "INT"}, {SIGTERM, "TERM"}, {SIGHUP, "HUP"}, {SIGQUIT, "QUIT"}};
  const auto found = names.find(number);
  return found == names.end() ? "TERM" : found->second;
}

/// What the client says while its command runs: the same as the process' signals in a CLI of its
/// own.
class Steering {
 public:
  std::stop_token token() const { return stop_.get_token(); }
  void stop() { stop_.request_stop(); }
  int exit_code() const { return exit_code_; }

  void attach(std::shared_ptr<ExecControl> control) {
    const std::lock_guard lock(mutex_);
    control_ = std::move(control);
  }
  void detach() {
    const std::lock_guard lock(mutex_);
    control_.reset();
  }
  /// Until the client hangs up or the socket is shut down.
  void listen(int socket) {
    while (const auto note = receive_note(socket)) hear(*note);
    stop();
  }

 private:
  void hear(LentNote note) {
    const std::lock_guard lock(mutex_);
    try {
      if (note.kind == LentNote::size) {
        if (control_) control_->resize({.rows = note.number >> 16, .cols = note.number & 0xFFFF});
      } else if (control_) {
        control_->signal(signal_name(note.number));
      } else if (note.number != SIGQUIT) {
        exit_code_ = 128 + note.number;
        stop_.request_stop();
      }
    } catch (const Error&) {  // it has just ended: its exit status says the rest
      return;
    }
  }

  std::mutex mutex_;
  std::shared_ptr<ExecControl> control_;
  std::stop_source stop_;
  std::atomic<int> exit_code_ = 0;
};

cli::Session session_of(const LentRun& run, const std::string& executable) {
  using namespace std::chrono;
  cli::Session session;
  session.mode = run.drop_in ? cli::Mode::drop_in : cli::Mode::fairlead;
  session.executable = executable;
  session.in_fd = run.streams[0].get();
  session.out_fd = run.streams[1].get();
  session.err_fd = run.streams[2].get();
  session.in = cli::terminal_of(session.in_fd);
  session.out = cli::terminal_of(session.out_fd);
  session.err = cli::terminal_of(session.err_fd);
  session.write_out = cli::result_writer(session.out_fd);
  session.write_err = cli::fd_writer(session.err_fd);
  session.read_line = [fd = session.in_fd] { return cli::read_line(fd); };
  session.began_ms = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  return session;
}

std::shared_ptr<cli::Caller> caller_of(const LentRun& run, const cli::Session& session,
                                       Steering& steering) {
  auto caller = std::make_shared<cli::Caller>();
  caller->environment = run.environment;
  caller->working_directory = run.working_directory;
  caller->stop = steering.token();
  caller->background = true;
  caller->on_started = [&](std::shared_ptr<ExecControl> control) {
    steering.attach(std::move(control));
  };
  caller->on_ended = [&] { steering.detach(); };
  if (session.in.is_terminal && session.out.is_terminal) {
    const auto term = run.environment.find("TERM");
    caller->terminal =
        fairlead::Terminal{.size = {.rows = run.rows, .cols = run.columns},
                           .term = term == run.environment.end() ? "xterm" : term->second};
  }
  return caller;
}

int run_command(const LentRun& run, cli::Session& session, Steering& steering) {
  auto parsed = cli::parse_arguments(run.arguments, session.mode);
  parsed.arguments.set_caller(caller_of(run, session, steering));
  try {
    const int code = cli::dispatch(parsed, session);
    return steering.exit_code() != 0 && code != 0 ? steering.exit_code() : code;
  } catch (const Error& error) {
    const int code = cli::report_error(error, parsed.arguments, session);
    return steering.exit_code() != 0 ? steering.exit_code() : code;
  } catch (const std::exception& error) {
    return cli::report_error({Status::internal, "internal.unexpected", error.what()},
                             parsed.arguments, session);
  }
}

/// This thread, and those that it starts, have a folder and a umask of their own from here on: what
/// a command writes, and what it runs here, must not differ by who runs it. Most containers forbid
/// that: there the umask stays that of who started us.
void be_where_the_client_is(const LentRun& run) {
  if (::unshare(CLONE_FS) != 0) {
    static std::once_flag said;
    return std::call_once(said, [] {
      cli::fd_writer(STDERR_FILENO)(
          "The umask of clients does not hold here: unshare is forbidden.\n");
    });
  }
  if (run.umask) ::umask(*run.umask);
  [[maybe_unused]] const int entered = ::chdir(run.working_directory.c_str());
}

/// A client that says nothing does not keep a thread; 0: for ever.
void limit_receive(int socket, int seconds) {
  const timeval limit{.tv_sec = seconds, .tv_usec = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

}  // namespace

void run_for_client(const UniqueFd& socket, const std::string& executable,
                    const std::stop_token& stop) {
  limit_receive(socket.get(), first_words_s);
  auto run = receive_run(socket.get());
  if (!run) return;
  be_where_the_client_is(*run);
  limit_receive(socket.get(), 0);  // it may be long before the client says more
  Steering steering;
  const std::stop_callback on_stop(stop, [&] { steering.stop(); });
  std::thread listening([&] { steering.listen(socket.get()); });
  int code = 1;
  {
    auto session = session_of(*run, executable);
    code = run_command(*run, session, steering);
  }
  run.reset();  // the streams are closed before the client goes on
  send_note(socket.get(), {LentNote::exit, code});
  ::shutdown(socket.get(), SHUT_RD);
  listening.join();
}

}  // namespace fairlead::rpc
