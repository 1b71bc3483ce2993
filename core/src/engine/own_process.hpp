#pragma once

#include "engine/find.hpp"
#include "engine/instance.hpp"

#include <chrono>
#include <stop_token>
#include <string>

namespace fairlead {

/// With overrideCommand false the image's own process keeps the instance up, or does not: one that
/// ends at once is told in these words, not in those of a command that finds no instance (CFG-041).
class OwnProcess {
 public:
  using Clock = std::chrono::steady_clock;

  /// Nothing is watched of an instance that ran before. `began`: when its making began.
  OwnProcess(const Core& core, const Workspace& workspace, const Found& found,
             const CreatedInstance& made, bool ran, Clock::time_point began = Clock::now());

  /// Throws OperationError "environment.ended" when it has ended.
  void look(const std::stop_token& stop) const;

  /// As `look`, where `error` may come of that; another reason stands, also when nobody can say.
  void look_behind(const Error& error, const std::stop_token& stop) const;

  /// As `look`, until it has run for long enough; what else was done since it started counts. The
  /// drop-in looks once: the reference looks no further than to its own commands.
  void watch(const std::stop_token& stop) const;

 private:
  Backend& backend_;
  std::string id_;
  bool watched_;
  Clock::time_point end_;
};

}  // namespace fairlead
