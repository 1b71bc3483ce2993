#include "plugins/instance.hpp"

#include "plugins/crash_note.hpp"
#include "plugins/services.hpp"

#include <fairlead/error.hpp>

#include <exception>
#include <utility>

namespace fairlead {

namespace {

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

}  // namespace

struct PluginInstance::State {
  State(const fairlead_plugin& plugin, std::shared_ptr<PluginContext> shared,
        PluginServices offered)
      : entry(plugin),
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
      self = entry.create(&core);
    } catch (...) {
      context->fault("an exception escaped from its create function");
    }
  }

  void destroy() noexcept {
    const InPlugin note(context->id.c_str(), "destroy");
    try {
      entry.destroy(self);
    } catch (...) {
      context->fault("an exception escaped from its destroy function");
    }
  }

  const fairlead_plugin& entry;
  const std::shared_ptr<PluginContext> context;
  Services services;
  fairlead_core core{};
  void* self = nullptr;
};

std::shared_ptr<PluginInstance> PluginInstance::make(const fairlead_plugin& entry,
                                                     std::shared_ptr<PluginContext> context,
                                                     PluginServices services,
                                                     const ConfigureRequest& settings) {
  const auto state = std::make_shared<State>(entry, context, std::move(services));
  if (!context->workers->run_within(context->grace, [state] { state->create(); })) {
    throw cannot_make(*context, "its create function does not return");
  }
  if (state->self == nullptr) throw cannot_make(*context, "its create function made nothing");
  const std::shared_ptr<PluginInstance> made(new PluginInstance(state));
  CallOptions options;
  options.timeout = context->grace;
  made->call("configure", entry.configure, encode(settings), std::move(options));
  return made;
}

PluginInstance::~PluginInstance() {
  const auto state = state_;
  try {
    const bool ended =
        state->context->workers->run_within(state->context->grace, [state] { state->destroy(); });
    if (!ended) state->context->fault("its destroy function does not return");
  } catch (const Error&) {  // no thread to be had: it stays, like one that hangs
    return;
  }
  state->context->forget();
}

const void* PluginInstance::table(const char* id) const {
  const void* found = nullptr;
  try {
    found = state_->entry.table(id);
  } catch (...) {
    state_->context->fault("an exception escaped from its table function");
  }
  if (found != nullptr) return found;
  throw cannot_make(*state_->context, std::string("it does not offer ") + id);
}

CallReply PluginInstance::call(const char* operation, fairlead_op op, std::string request,
                               CallOptions options) {
  const PluginCall call{operation, op, state_->self, state_->context, shared_from_this()};
  return run_call(call, std::move(request), std::move(options));
}

}  // namespace fairlead
