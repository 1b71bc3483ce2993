#include "ports/relay_session.hpp"

#include "base/pipe.hpp"
#include "base/text.hpp"
#include "ports/relay_channels.hpp"
#include "ports/relay_place.hpp"

#include <fcntl.h>

#include <future>

namespace fairlead::ports {
namespace {

/// The relay kills what does not heed a hang-up after two seconds.
constexpr std::chrono::milliseconds end_limit{3000};
constexpr std::chrono::milliseconds greeting_limit{30000};
constexpr int pipe_size = 1 << 20;

/// The exec that the relay runs in, on a thread of its own until it ends.
class RelayExec {
 public:
  RelayExec(std::shared_ptr<Backend> backend, ExecRequest request)
      : backend_(std::move(backend)), request_(std::move(request)) {}
  ~RelayExec() {
    stop_.request_stop();
    if (thread_.joinable()) thread_.join();
  }

  struct Ends {
    UniqueFd from;
    UniqueFd to;
  };
  Ends start() {
    auto in = make_pipe();
    auto out = make_pipe();
    auto err = make_pipe();
    for (const int fd : {in.write_end.get(), out.read_end.get()}) {
      ::fcntl(fd, F_SETPIPE_SZ, pipe_size);  // best effort: fewer turns for the same bytes
    }
    ::fcntl(in.write_end.get(), F_SETFL, O_NONBLOCK | O_WRONLY);
    ::fcntl(out.read_end.get(), F_SETFL, O_NONBLOCK);
    CallOptions call{.stop = stop_.get_token()};
    request_.in = call.pass(std::move(in.read_end));
    request_.out = call.pass(std::move(out.write_end));
    request_.err = call.pass(std::move(err.write_end));
    thread_ = std::thread([this, call = std::move(call), err = std::move(err.read_end)]() mutable {
      run(std::move(call), std::move(err));
    });
    return {std::move(out.read_end), std::move(in.write_end)};
  }
  /// Waits for the end and says why; a plain exit status when the relay could not be run.
  int result(const std::stop_token& stop) {
    const std::stop_callback end(stop, [this] { stop_.request_stop(); });
    thread_.join();
    if (failure_) std::rethrow_exception(failure_);
    return status_;
  }
  const std::string& said() const { return said_; }

 private:
  void run(CallOptions call, UniqueFd err) {
    const PipeReader reader(std::move(err), [this](std::string_view text) {
      if (said_.size() < 4096) said_ += text;
    });
    try {
      status_ = backend_->exec(request_, std::move(call)).exit_code;
    } catch (...) {
      failure_ = std::current_exception();
    }
  }

  std::shared_ptr<Backend> backend_;
  ExecRequest request_;
  std::stop_source stop_;
  std::thread thread_;
  int status_ = 0;
  std::string said_;
  std::exception_ptr failure_;
};

class LinkedSession final : public RelaySession {
 public:
  LinkedSession(std::shared_ptr<RelayThread> thread, std::unique_ptr<RelayExec> exec)
      : exec_(std::move(exec)), thread_(std::move(thread)) {}
  ~LinkedSession() override { thread_->close(end_limit); }

  UniqueFd dial(const RelayTarget& target, CallOptions options) override {
    require_possible(target);
    auto [ours, theirs] = local_pair();
    const auto connection = std::make_shared<RelayConnection>(thread_, std::move(ours), nullptr);
    connection->open(target);
    connection->wait(options);
    return std::move(theirs);
  }

  std::shared_ptr<ServedConnection> serve(
      UniqueFd socket, const RelayTarget& target,
      std::function<void(const ConnectionEnd&)> on_end) override {
    auto connection =
        std::make_shared<RelayConnection>(thread_, std::move(socket), std::move(on_end));
    connection->open(target);
    return connection;
  }

  void watch_listeners(std::function<void(const ListenerEvent&)> on_event) override {
    const auto done = std::make_shared<std::promise<void>>();
    const bool posted = thread_->post([done, on_event = std::move(on_event)](HostMux& mux) {
      mux.watch(on_event);
      done->set_value();
    });
    if (posted) done->get_future().wait();
  }

  std::unique_ptr<ReverseListener> listen(const RelayTarget& at,
                                          std::function<void(UniqueFd)> on_connection,
                                          CallOptions options) override {
    require_possible(at);
    return listen_inside(thread_, at, std::move(on_connection), options);
  }

  std::unique_ptr<RelayCommand> run(RelayRun command) override {
    return run_inside(thread_, std::move(command));
  }

  void lend(UniqueFd client) override { lend_inside(thread_, std::move(client), lent_); }
  bool lends() const override { return alive() && lent_.use_count() > 1; }

  bool alive() const override { return thread_->alive(); }
  void on_gone(std::function<void(const Error&)> callback) override {
    thread_->on_gone(std::move(callback));
  }
  void close() override { thread_->close(end_limit); }

 private:
  std::unique_ptr<RelayExec> exec_;  ///< ends after the thread, which has its streams
  std::shared_ptr<RelayThread> thread_;
  const std::shared_ptr<const int> lent_ = std::make_shared<const int>();
};

std::chrono::milliseconds limit_of(const CallOptions& options) {
  return options.timeout.count() > 0 ? options.timeout : greeting_limit;
}

enum class Outcome { started, absent, other_machine, damaged };

struct Attempt {
  std::shared_ptr<Backend> backend;
  std::string instance;
  std::string user;
  const CallOptions& options;
  std::unique_ptr<RelaySession> session = nullptr;
  std::string reason = {};

  Outcome run(const RelayProgram& program, const std::string& path) {
    auto exec = std::make_unique<RelayExec>(
        backend,
        ExecRequest{
            .id = instance, .argv = {path, "serve"}, .user = user, .ends_with_input = true});
    auto ends = exec->start();
    auto thread = std::make_shared<RelayThread>();
    thread->start(std::move(ends.from), std::move(ends.to));
    try {
      const auto greeting = thread->wait_for_greeting(limit_of(options), options.stop);
      if (greeting.hash != 0 && greeting.hash != program.hash) return Outcome::damaged;
    } catch (const Error& error) {
      if (error.code() != "relay.start" || error.status() == Status::timeout) throw;
      return why_not(*exec, thread->babble());
    }
    session = std::make_unique<LinkedSession>(std::move(thread), std::move(exec));
    return Outcome::started;
  }

  /// Engines say why a program cannot be started in its output, as if it had said so itself.
  Outcome why_not(RelayExec& exec, const std::string& babble) {
    constexpr int not_found = 127;
    constexpr int not_runnable = 126;
    const int status = exec.result(options.stop);
    reason = std::string(trim(exec.said() + babble));
    if (status == not_found || status == not_runnable) {
      return reason.find("format error") != std::string::npos ? Outcome::other_machine
                                                              : Outcome::absent;
    }
    throw Error(Status::failed, "relay.start",
                "The relay cannot be run inside (status " + std::to_string(status) + ')' +
                    (reason.empty() ? "." : ": " + reason));
  }
};

std::string usual_path(const RelayProgram& program) {
  return std::string(relay_folder) + '/' + program.file_name();
}

/// Once more, from a folder of the user's.
Outcome start_elsewhere(Attempt& attempt, const RelayProgram& program) {
  return attempt.run(program, place_by_shell(*attempt.backend, attempt.instance, attempt.user,
                                             program, attempt.options));
}

/// The container is there and answers, but takes no archive.
bool refuses_archives(const Error& error) {
  return error.status() == Status::denied || error.status() == Status::invalid ||
         error.status() == Status::failed || error.status() == Status::unsupported ||
         error.status() == Status::internal;
}

Outcome place_and_start(Attempt& attempt, const RelayProgram& program) {
  try {
    place_relay(*attempt.backend, attempt.instance, attempt.options);
  } catch (const Error& error) {
    if (!refuses_archives(error)) throw;
    return start_elsewhere(attempt, program);
  }
  const auto outcome = attempt.run(program, usual_path(program));
  return outcome == Outcome::absent ? start_elsewhere(attempt, program) : outcome;
}

}  // namespace

std::unique_ptr<RelaySession> RelaySession::start(std::shared_ptr<Backend> backend,
                                                  const std::string& instance,
                                                  const std::string& user, CallOptions options) {
  Attempt attempt{std::move(backend), instance, user, options};
  for (const auto& program : relay_programs()) {
    auto outcome = attempt.run(program, usual_path(program));
    if (outcome == Outcome::absent || outcome == Outcome::damaged) {
      outcome = place_and_start(attempt, program);
    }
    if (outcome == Outcome::started) return std::move(attempt.session);
  }
  throw Error(Status::unsupported, "relay.start",
              "The relay does not run in this container: " + attempt.reason);
}

std::unique_ptr<RelaySession> RelaySession::over(UniqueFd from, UniqueFd to,
                                                 std::chrono::milliseconds limit) {
  for (const int fd : {from.get(), to.get()}) {
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  }
  auto thread = std::make_shared<RelayThread>();
  thread->start(std::move(from), std::move(to));
  thread->wait_for_greeting(limit, {});
  return std::make_unique<LinkedSession>(std::move(thread), nullptr);
}

}  // namespace fairlead::ports
