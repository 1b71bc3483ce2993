#include "plugins/instance.hpp"

#include "base/descriptor_limit_of_children.hpp"
#include "plugins/crash_note.hpp"
#include "plugins/services.hpp"

#include <fairlead/error.hpp>

#include <nlohmann/json.hpp>

#include <condition_variable>
#include <exception>
#include <mutex>
#include <utility>
#include <vector>

namespace fairlead {

namespace {

/// With what is no member of it: sdk's note_descriptor_limit reads that.
std::string words_of(const ConfigureRequest& settings) {
  auto words = encode(settings);
  const auto limit = descriptor_limit_of_children();
  if (!limit) return words;
  auto json = nlohmann::json::parse(words);
  json["descriptors"] = static_cast<std::int64_t>(limit->rlim_cur);
  return json.dump();
}

LogLevel log_level(fairlead_level level) {
  switch (level) {
    case FAIRLEAD_TRACE:
      return LogLevel::trace;
    case FAIRLEAD_DEBUG:
      return LogLevel::debug;
    case FAIRLEAD_INFO:
      return LogLevel::info;
    case FAIRLEAD_WARN:
      return LogLevel::warning;
    default:
      return LogLevel::error;
  }
}

Error cannot_make(const PluginContext& context, const std::string& why) {
  return {Status::failed, "plugin.load", "The plugin '" + context.id + "' cannot be used: " + why};
}

// Not a leak: its code still runs on it.
void leave_behind(std::shared_ptr<void> state) {
  static auto& mutex = *new std::mutex;
  static auto& left = *new std::vector<std::shared_ptr<void>>;
  const std::lock_guard lock(mutex);
  left.push_back(std::move(state));
}

}  // namespace

struct PluginInstance::State {
  State(std::unique_ptr<PluginCode> plugin, std::shared_ptr<PluginContext> shared,
        PluginServices offered)
      : code(std::move(plugin)),
        context(std::move(shared)),
        services(std::move(offered.host), std::move(offered.backend)) {
    core = {sizeof(fairlead_core), FAIRLEAD_ABI_MAJOR, FAIRLEAD_ABI_MINOR, 0, this,
            &State::log,           &State::service};
  }

  static void log(const fairlead_core* core, fairlead_level level, fairlead_str message) noexcept {
    const auto& context = *static_cast<State*>(core->owner)->context;
    try {
      const std::string text(message.size > 0 ? std::string_view(message.data, message.size)
                                              : std::string_view());
      context.log.text(log_level(level), context.id + ": " + text);
    } catch (...) {  // a line that cannot be logged must not take the plugin down
      return;
    }
  }

  static fairlead_service service(const fairlead_core* core, const char* id) noexcept {
    return static_cast<State*>(core->owner)->services.find(id);
  }

  void create() noexcept {
    const InPlugin note(context->id.c_str(), "create");
    try {
      self = code->create(&core);
    } catch (const Error& error) {
      problem = error.message();
    } catch (...) {
      context->fault("an exception escaped from its create function");
    }
  }

  void destroy() noexcept {
    const InPlugin note(context->id.c_str(), "destroy");
    try {
      code->destroy(self);
    } catch (...) {
      context->fault("an exception escaped from its destroy function");
    }
  }

  // Held as long as an operation runs; the last thing that its thread lets go. It does not own us:
  // we outlast it (`wait_until_idle`, `leave_behind`), and end on the thread that closes us.
  std::shared_ptr<const void> running() {
    const std::lock_guard lock(mutex);
    ++operations;
    return {this, [](State* state) {
              const std::lock_guard ended(state->mutex);
              if (--state->operations == 0) state->idle.notify_all();
            }};
  }

  // An operation may still be on its way out when its answer is there already.
  bool wait_until_idle() {
    std::unique_lock lock(mutex);
    const auto limit = context->abandoned() ? std::chrono::milliseconds(0) : context->grace;
    return idle.wait_for(lock, limit, [&] { return operations == 0; });
  }

  const std::unique_ptr<PluginCode> code;
  const std::shared_ptr<PluginContext> context;
  Services services;
  fairlead_core core{};
  void* self = nullptr;
  std::string problem = "its create function made nothing";
  std::mutex mutex;
  std::condition_variable idle;
  int operations = 0;
};

std::shared_ptr<PluginInstance> PluginInstance::make(std::unique_ptr<PluginCode> code,
                                                     std::shared_ptr<PluginContext> context,
                                                     PluginServices services,
                                                     const ConfigureRequest& settings) {
  const auto state = std::make_shared<State>(std::move(code), context, std::move(services));
  if (!context->workers->run_within(context->grace, [state] { state->create(); })) {
    throw cannot_make(*context, "its create function does not return");
  }
  if (state->self == nullptr) throw cannot_make(*context, state->problem);
  const std::shared_ptr<PluginInstance> made(new PluginInstance(state));
  CallOptions options;
  options.timeout = context->grace;
  made->call("configure", state->code->configure(), words_of(settings), std::move(options));
  return made;
}

PluginInstance::~PluginInstance() {
  const auto state = state_;
  if (!state->wait_until_idle()) {
    state->context->fault("an operation still runs at its end, so it is left behind");
    leave_behind(state);
    return;
  }
  try {
    const bool ended =
        state->context->workers->run_within(state->context->grace, [state] { state->destroy(); });
    if (ended) {
      state->context->forget();
      return;
    }
    state->context->fault("its destroy function does not return");
  } catch (const Error&) {  // no thread to be had: it stays, like one that hangs
  }
  leave_behind(state);
}

const void* PluginInstance::table(const char* id) const {
  const void* found = nullptr;
  try {
    found = state_->code->table(id);
  } catch (...) {
    state_->context->fault("an exception escaped from its table function");
  }
  if (found != nullptr) return found;
  throw cannot_make(*state_->context, std::string("it does not offer ") + id);
}

CallReply PluginInstance::call(const char* operation, fairlead_op op, std::string request,
                               CallOptions options) {
  const PluginCall call{operation, op, state_->self, state_->context, state_->running()};
  return run_call(call, std::move(request), std::move(options));
}

}  // namespace fairlead
