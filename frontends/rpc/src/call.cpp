#include "call.hpp"

#include "base64.hpp"
#include "client_questions.hpp"
#include "commands/choose.hpp"
#include "dispatch.hpp"
#include "json_text.hpp"
#include "log_format.hpp"
#include "methods.hpp"

#include <fcntl.h>

namespace fairlead::rpc {
namespace {

/// Hands the log to the client, as notifications that name the request.
class NotifyingLog final : public EventSink {
 public:
  NotifyingLog(std::shared_ptr<Peer> peer, std::string request, std::optional<LogLevel> least)
      : peer_(std::move(peer)), request_(std::move(request)), least_(least) {}

  void on_event(const LogEvent& event) override {
    const bool progress = event.kind == LogEvent::Kind::progress;
    if (!least_ || (!progress && event.level < *least_)) return;
    auto json = cli::json_log_line(event);
    json.pop_back();  // the newline
    peer_->send(
        notification_text("log", R"({"request":)" + request_ + R"(,"event":)" + json + '}'));
  }

 private:
  std::shared_ptr<Peer> peer_;
  std::string request_;
  std::optional<LogLevel> least_;
};

std::string output_text(const std::string& request, std::string_view stream,
                        std::string_view bytes) {
  return notification_text("output", R"({"request":)" + request + R"(,"stream":")" +
                                         std::string(stream) + R"(","data":")" + base64(bytes) +
                                         "\"}");
}

std::optional<fairlead::Terminal> terminal_of(const std::string& params) {
  const auto wish = member_text(params, "terminal");
  if (wish.empty() || wish == "null" || wish == "false") return std::nullopt;
  auto type = string_member(wish, "type");
  return fairlead::Terminal{
      .size = {.rows = number_member(wish, "rows", 24), .cols = number_member(wish, "columns", 80)},
      .term = type.empty() ? "xterm-256color" : std::move(type)};
}

/// The session of a command that has no terminal and whose results are caught.
cli::Session make_session(std::string& output, const std::string& executable, EventSink& log) {
  cli::Session session;
  session.executable = executable;
  session.write_out = [&output](std::string_view text) { output += text; };
  session.write_err = [&log](std::string_view text) {
    Log(log).text(LogLevel::warning, std::string(text.substr(0, text.find_last_not_of('\n') + 1)));
  };
  session.err_fd = -1;
  return session;
}

}  // namespace

Call::Call(Request request, Operation operation, std::shared_ptr<const Client> client,
           std::shared_ptr<Peer> peer, std::string executable)
    : request_(std::move(request)),
      operation_(operation),
      client_(std::move(client)),
      peer_(std::move(peer)),
      executable_(std::move(executable)) {}

std::string Call::run() {
  std::string message;
  try {
    message = result_text(id(), answer());
  } catch (const Error& error) {
    message = error.code() == "rpc.params"
                  ? error_text(id(), ErrorCode::invalid_params, error.message())
                  : error_text(id(), error);
  } catch (const std::exception& error) {
    message = error_text(id(), ErrorCode::internal, error.what());
  }
  input_.close();
  return message;
}

std::string Call::answer() {
  auto caller = std::make_shared<cli::Caller>();
  caller->environment = client_->environment;
  caller->working_directory = client_->working_directory;
  caller->stop = stop_.get_token();
  caller->make_log = [this] { return std::make_unique<NotifyingLog>(peer_, id(), client_->log); };
  if (!client_->answers.empty()) {
    caller->questions = std::make_shared<ClientQuestions>(client_, peer_, id());
  }
  caller->background = !executable_.empty();
  caller->on_started = [this](std::shared_ptr<ExecControl> control) {
    {
      const std::lock_guard lock(mutex_);
      control_ = std::move(control);
    }
    peer_->send(notification_text("started", R"({"request":)" + id() + '}'));
  };
  caller->on_ended = [this] {
    const std::lock_guard lock(mutex_);
    control_.reset();
  };
  caller->terminal = terminal_of(request_.params);
  NotifyingLog warnings(peer_, id(), client_->log);
  if (operation_.native != nullptr) {
    return run_native(*operation_.native, request_.params, std::move(caller), warnings);
  }
  const auto command = operation_.command;
  auto arguments = arguments_of(command, request_.params);
  arguments.set_caller(caller);
  std::string output;
  auto session = make_session(output, executable_, warnings);
  arguments = cli::with_chosen_config(std::move(arguments), session);
  int exit_code = 0;
  if (!has_streams(command)) {
    exit_code = cli::runner_of(command)(arguments, session);
    return result_of(exit_code, output);
  }
  const UniqueFd in = flag_member(request_.params, "stdin") || caller->terminal
                          ? input_.open()
                          : UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  {
    const auto hand_on = [this](std::string_view stream) {
      return
          [this, stream](std::string_view bytes) { peer_->send(output_text(id(), stream, bytes)); };
    };
    const Output out(hand_on("stdout"));
    const Output err(hand_on("stderr"));
    session.write_out = cli::result_writer(out.fd());
    session.in_fd = in.get();
    session.out_fd = out.fd();
    session.err_fd = err.fd();
    exit_code = cli::runner_of(command)(arguments, session);
  }
  return R"({"exitCode":)" + std::to_string(exit_code) + '}';
}

std::string Call::result_of(int exit_code, const std::string& output) const {
  const auto text = output.substr(0, output.find_last_not_of('\n') + 1);
  if (is_json(text)) return text;
  return R"({"exitCode":)" + std::to_string(exit_code) + R"(,"text":)" + cli::json_string(text) +
         '}';
}

void Call::input(std::string bytes, bool end) { input_.write(std::move(bytes), end); }

bool Call::needs_the_client() const {
  return operation_.native != nullptr || has_streams(operation_.command);
}

/// With the lock held: the command's end waits for who steers it.
ExecControl& Call::control() {
  if (control_ != nullptr) return *control_;
  throw Error(Status::conflict, "rpc.stream", "The command does not run.",
              "Wait for the notification 'started'.");
}

void Call::resize(TerminalSize size) {
  const std::lock_guard lock(mutex_);
  control().resize(size);
}

void Call::signal(const std::string& name) {
  const std::lock_guard lock(mutex_);
  control().signal(name);
}

}  // namespace fairlead::rpc
