#pragma once

#include <fairlead/fairlead.h>

#include <functional>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>

/// A thin C++ face of fairlead.h, all in this header: nothing but C crosses into the library, so
/// that any compiler and standard library will do (C++17).
namespace fairlead::embed {

/// The same rules as in fairlead.h hold.
class Engine {
 public:
  using OnMessage = std::function<void(std::string_view)>;

  /// `on_message` gets what is no answer to `call`; it must not throw.
  explicit Engine(OnMessage on_message = {}, const std::string& executable = {})
      : on_message_(std::make_unique<OnMessage>(std::move(on_message))),
        engine_(::fairlead_open(&Engine::deliver, on_message_.get(),
                                executable.empty() ? nullptr : executable.c_str())) {
    if (engine_ == nullptr) throw std::bad_alloc();
  }
  ~Engine() { ::fairlead_close(engine_); }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void send(std::string_view message) { ::fairlead_send(engine_, message.data(), message.size()); }

  /// The whole answer, JSON with `result` or `error`.
  std::string call(const std::string& method, const std::string& params = "{}",
                   int timeout_ms = -1) {
    const std::unique_ptr<char, void (*)(char*)> answer(
        ::fairlead_call(engine_, method.c_str(), params.c_str(), timeout_ms), &::fairlead_free);
    if (answer == nullptr) throw std::bad_alloc();
    return answer.get();
  }

 private:
  static void deliver(void* user, const char* message, size_t size) {
    const auto& on_message = *static_cast<OnMessage*>(user);
    if (on_message) on_message(std::string_view(message, size));
  }

  std::unique_ptr<OnMessage> on_message_;
  fairlead_engine* engine_;
};

}  // namespace fairlead::embed
