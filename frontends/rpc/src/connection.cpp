#include "connection.hpp"

#include "base64.hpp"
#include "client_questions.hpp"
#include "json_text.hpp"
#include "log_format.hpp"
#include "methods.hpp"
#include "openrpc.hpp"
#include "version.hpp"

#include <fairlead/environment.hpp>

#include <algorithm>
#include <array>

namespace fairlead::rpc {
namespace {

constexpr int protocol_version = 1;
constexpr std::size_t most_threads = 128;
constexpr std::size_t most_waiting = 10'000;  // requests; a client that sends more is read later
constexpr std::chrono::seconds patience{10};  // with a client that may have gone

constexpr std::array<std::string_view, 4> steering = {"$/cancelRequest", "stream/write",
                                                      "stream/resize", "stream/signal"};

std::string server_json() {
  std::string methods;
  for (const auto command : method_commands()) {
    methods += (methods.empty() ? "" : ",") + cli::json_string(method_name(command));
  }
  for (const auto& method : native_methods()) methods += ',' + cli::json_string(method.name);
  return R"({"protocolVersion":)" + std::to_string(protocol_version) +
         R"(,"server":{"name":"fairlead","version":")" + std::string(cli::own_version) +
         R"("},"methods":[)" + methods + "]}";
}

/// All kinds, some by name, or none.
std::set<std::string> kinds_answered(const std::string& params) {
  const auto said = member_text(params, "answersQuestions");
  if (said == "true") return {question_kinds.begin(), question_kinds.end()};
  const auto names = string_list(said).value_or(std::vector<std::string>());
  return {names.begin(), names.end()};
}

class NoLog final : public EventSink {
  void on_event(const LogEvent& /*event*/) override {}
};

std::string runtime_folder(const Environment& environment) {
  NoLog none;
  return Core({.environment = environment, .working_directory = "/"}, none).runtime_folder();
}

std::optional<LogLevel> log_level_of(const std::string& params) {
  const auto name = string_member(params, "log");
  if (name == "off") return std::nullopt;
  return name.empty() ? LogLevel::info : cli::log_level_named(name);
}

}  // namespace

Connection::Connection(Deliver deliver, ConnectionOptions options)
    : options_(std::move(options)),
      peer_(std::make_shared<Peer>(std::move(deliver))),
      workers_(most_threads) {}

Connection::~Connection() = default;

void Connection::wait_for_room(const std::stop_token& stop) {
  peer_->wait_for_room(stop);
  workers_.wait_until_fewer(most_waiting, stop);
}

void Connection::refuse(const Error& error) {
  peer_->answer(error_text("null", ErrorCode::parse, error.message() + ' ' + error.hint()));
}

void Connection::take(const std::string& text) {
  auto message = read_message(text);
  if (auto* request = std::get_if<Request>(&message)) return take(std::move(*request));
  if (auto* reply = std::get_if<Reply>(&message)) {
    return peer_->answered(reply->id, std::move(reply->result));
  }
  const auto& fault = std::get<Fault>(message);
  peer_->answer(error_text(fault.id, fault.code, fault.message));
}

void Connection::take(Request request) {
  if (own_method(request)) return;
  const auto command = command_named(request.method);
  const auto* native = native_named(request.method);
  if (!command && native == nullptr) {
    return refuse(request, ErrorCode::unknown_method,
                  "There is no method '" + request.method + "'.");
  }
  if (request.id.empty()) return;  // nobody would learn how it ended
  start(std::move(request), {command.value_or(cli::CommandId::top), native});
}

bool Connection::own_method(const Request& request) {
  const auto& method = request.method;
  if (method == "initialize") {
    initialize(request);
  } else if (method == "exit") {
    exited_ = true;
    reply(request, "null");
  } else if (method == "rpc.discover") {
    reply(request, openrpc_document());
  } else if (method == "initialized" || (method.starts_with("$/") && method != "$/cancelRequest")) {
    reply(request, "null");  // said by clients as a courtesy
  } else if (client_ == nullptr) {
    refuse(request, ErrorCode::not_initialized, "The first request is 'initialize'.");
  } else if (method == "shutdown") {
    shut_down_ = true;
    reply(request, "null");
  } else if (shut_down_) {
    refuse(request, ErrorCode::invalid_request, "After 'shutdown' only 'exit' follows.");
  } else if (std::find(steering.begin(), steering.end(), method) != steering.end()) {
    steer(request);
  } else {
    return subscribe(request);
  }
  return true;
}

bool Connection::subscribe(const Request& request) {
  try {
    if (request.method == "events/subscribe") {
      if (!request.id.empty()) subscriptions_.begin(request, client_);
    } else if (request.method == "events/unsubscribe") {
      subscriptions_.end(request);
      reply(request, "null");
    } else {
      return false;
    }
  } catch (const Error& error) {
    refuse(request, ErrorCode::invalid_params, error.message());
  }
  return true;
}

void Connection::initialize(const Request& request) {
  if (client_ != nullptr) {
    return refuse(request, ErrorCode::invalid_request, "'initialize' is said once.");
  }
  const auto version = number_member(request.params, "protocolVersion", protocol_version);
  if (version < 1) {
    return refuse(request, ErrorCode::invalid_params, "'protocolVersion' begins with 1.");
  }
  const auto variables = member_text(request.params, "environment");
  if (!variables.empty() && variables != "null" && !string_map(variables)) {
    return refuse(request, ErrorCode::invalid_params, "'environment' is not an object of strings.");
  }
  Client client{.name = string_member(member_text(request.params, "client"), "name"),
                .environment = string_map(variables),
                .working_directory = string_member(request.params, "workingDirectory"),
                .log = log_level_of(request.params),
                .answers = kinds_answered(request.params),
                .patience = std::chrono::seconds(
                    std::clamp(number_member(request.params, "questionTimeout", 300), 1, 86'400)),
                .carries_on = string_member(request.params, "onDisconnect") == "continue"};
  if (!client.working_directory.empty() && !client.working_directory.starts_with('/')) {
    return refuse(request, ErrorCode::invalid_params, "'workingDirectory' is not absolute.");
  }
  if (!options_.executable.empty() &&
      (client.answers.contains("password") || client.answers.contains("hostKey"))) {
    answer_passwords(client);
  }
  client_ = std::make_shared<const Client>(std::move(client));
  if (askpass_) askpass_->serve(client_, peer_);
  reply(request, server_json());
}

/// A client whose ssh cannot be given a program to ask by is served all the same.
void Connection::answer_passwords(Client& client) {
  try {
    auto environment = client.environment ? *client.environment : capture_environment();
    const auto runtime = runtime_folder(environment);
    askpass_ = std::make_unique<Askpass>(options_.executable, runtime);
    client.environment = askpass_->add_to(std::move(environment));
  } catch (const Error& error) {
    peer_->answer(notification_text("log", R"({"event":{"type":"text","level":2,"text":)" +
                                               cli::json_string(error.text()) + "}}"));
  }
}

void Connection::start(Request request, Call::Operation operation) {
  auto call =
      std::make_shared<Call>(std::move(request), operation, client_, peer_, options_.executable);
  {
    const std::lock_guard lock(mutex_);
    if (!calls_.emplace(call->id(), call).second) {
      return peer_->answer(
          error_text(call->id(), ErrorCode::invalid_request, "A request with this id still runs."));
    }
  }
  workers_.add([this, call] {
    const auto answer = call->run();
    {
      const std::lock_guard lock(mutex_);
      calls_.erase(call->id());
    }
    peer_->send(answer);
  });
}

void Connection::steer(const Request& request) {
  const bool cancel = request.method == "$/cancelRequest";
  const auto call = call_with(member_text(request.params, cancel ? "id" : "request"));
  try {
    if (call == nullptr && cancel) return reply(request, "null");  // it has just ended
    if (call == nullptr) throw Error(Status::not_found, "rpc.stream", "That request does not run.");
    if (cancel) {
      call->cancel();
    } else if (request.method == "stream/write") {
      auto bytes = bytes_of(string_member(request.params, "data"));
      if (!bytes) throw Error(Status::invalid, "rpc.params", "'data' is not base64.");
      call->input(std::move(*bytes), flag_member(request.params, "end"));
    } else {
      // They ask the engine, which may take its time: the next message is not kept waiting.
      return steering_.add([this, request, call] { steer(request, *call); });
    }
    reply(request, "null");
  } catch (const Error& error) {
    if (!request.id.empty()) peer_->answer(error_text(request.id, error));
  }
}

void Connection::steer(const Request& request, Call& call) {
  try {
    if (request.method == "stream/resize") {
      call.resize({.rows = number_member(request.params, "rows", 24),
                   .cols = number_member(request.params, "columns", 80)});
    } else {
      call.signal(string_member(request.params, "signal"));
    }
    reply(request, "null");
  } catch (const Error& error) {
    if (!request.id.empty()) peer_->answer(error_text(request.id, error));
  }
}

void Connection::reply(const Request& request, const std::string& result) {
  if (!request.id.empty()) peer_->answer(result_text(request.id, result));
}

void Connection::refuse(const Request& request, ErrorCode code, const std::string& why) {
  if (!request.id.empty()) peer_->answer(error_text(request.id, code, why));
}

std::shared_ptr<Call> Connection::call_with(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto call = calls_.find(id);
  return call == calls_.end() ? nullptr : call->second;
}

void Connection::end(bool cancel) {
  const bool carries_on = !cancel && client_ != nullptr && client_->carries_on;
  subscriptions_.request_end();
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, call] : calls_) {
      if (!carries_on || call->needs_the_client()) call->cancel();
    }
  }
  // Who has only ended its own stream still gets its answers; who has gone or does not read is not
  // waited for.
  if (!carries_on && workers_.wait(patience)) peer_->flush();
  peer_->close();
  while (!workers_.wait(patience)) {
  }
}

}  // namespace fairlead::rpc
