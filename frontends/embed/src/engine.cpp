#include "engine.hpp"

#include "message.hpp"

#include <fairlead/plugins.hpp>

namespace {

using namespace fairlead::rpc;

/// Nobody else's ids look like this.
std::string id_of(int number) { return "\"fairlead-call-" + std::to_string(number) + '"'; }

}  // namespace

fairlead_engine::fairlead_engine(fairlead_message_fn on_message, void* user, std::string executable)
    : on_message_(on_message),
      user_(user),
      connection_(
          [this](std::string_view message, const std::stop_token&) { return deliver(message); },
          {.executable = std::move(executable)}) {}

fairlead_engine::~fairlead_engine() { connection_.end(/*cancel=*/true); }

void fairlead_engine::send(const std::string& message) {
  const std::lock_guard lock(sending_);
  connection_.take(message);
}

std::string fairlead_engine::call(std::string_view method, const std::string& params,
                                  std::optional<std::chrono::milliseconds> most) {
  if (!is_json(params)) {
    return error_text("null", ErrorCode::invalid_params, "'params' is no JSON.");
  }
  std::string id;
  {
    const std::lock_guard lock(mutex_);
    id = id_of(++last_call_);
    calls_[id] = std::nullopt;
  }
  send(request_text(id, method, params));
  std::unique_lock lock(mutex_);
  const auto here = [&] { return calls_[id].has_value(); };
  if (most && !answered_.wait_for(lock, *most, here)) {
    lock.unlock();
    send(notification_text("$/cancelRequest", R"({"id":)" + id + '}'));
    lock.lock();
  }
  answered_.wait(lock, here);
  auto answer = std::move(*calls_[id]);
  calls_.erase(id);
  return answer;
}

bool fairlead_engine::deliver(std::string_view message) {
  {
    const std::lock_guard lock(mutex_);
    const auto id = member_text(message, "id");
    const auto call = id.empty() ? calls_.end() : calls_.find(id);
    if (call != calls_.end()) {
      call->second = std::string(message);
      answered_.notify_all();
      return true;
    }
  }
  const std::string copy(message);  // ends with a zero byte
  if (on_message_ != nullptr) on_message_(user_, copy.c_str(), copy.size());
  return true;
}
