#pragma once

#include <mutex>
#include <optional>
#include <string>

namespace fairlead::compose {

/// Docker or Podman. The first who knows says it, and all others go by that: the client keeps its
/// connections. Thread-safe.
class EngineChoice {
 public:
  bool is_docker() const { return is(Engine::docker); }
  bool is_podman() const { return is(Engine::podman); }
  /// Unless the other one is taken already. Whether it is this one now.
  bool take_docker() { return take(Engine::docker, {}); }
  /// `silence`: why Docker did not answer, when Podman takes its place without knowing what is
  /// there.
  bool take_podman(const std::string& silence = {}) { return take(Engine::podman, silence); }
  /// The first such reason.
  std::optional<std::string> silence() const {
    const std::lock_guard lock(mutex_);
    return silence_;
  }

 private:
  enum class Engine { open, docker, podman };

  bool is(Engine engine) const {
    const std::lock_guard lock(mutex_);
    return taken_ == engine;
  }
  bool take(Engine engine, const std::string& silence) {
    const std::lock_guard lock(mutex_);
    if (taken_ == Engine::open) taken_ = engine;
    if (taken_ != engine) return false;
    if (!silence.empty() && !silence_) silence_ = silence;
    return true;
  }

  mutable std::mutex mutex_;
  Engine taken_ = Engine::open;
  std::optional<std::string> silence_;
};

}  // namespace fairlead::compose
