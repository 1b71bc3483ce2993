#pragma once

#include "questions.hpp"

#include <fairlead/core.hpp>
#include <fairlead/engine.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace fairlead::cli {

/// Who gives a command when it is not the process itself: a client of the server, or a program that
/// embeds fairlead. What it leaves empty is the process' own.
struct Caller {
  std::optional<Environment> environment;
  std::string working_directory;  ///< absolute
  /// Ends the command; the process' signals are not looked at.
  std::stop_token stop;
  /// Where events go instead of a log on stderr.
  std::function<std::unique_ptr<EventSink>()> make_log;
  /// Who is asked; without it whoever sits at the session's terminal, if it has one.
  std::shared_ptr<Questions> questions;
  /// Called once with the means to steer the command that runs inside.
  std::function<void(std::shared_ptr<ExecControl>)> on_started;
  /// Called when that command has ended: the means are of no use any more.
  std::function<void()> on_ended;
  std::optional<fairlead::Terminal> terminal;  ///< the command inside gets one
  bool background = false;  ///< lifecycle commands may go on in a process of ours after the answer
};

}  // namespace fairlead::cli
