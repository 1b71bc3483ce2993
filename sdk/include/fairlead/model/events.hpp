#pragma once

#include <fairlead/model/common.hpp>

#include <cstdint>
#include <optional>
#include <string>

/// What a call says while it runs, and how it fails.
namespace fairlead {

/// What a running call says before it ends. Exactly one member is set.
struct Progress {
  std::string id;  ///< the step or layer; the same id replaces its earlier line
  std::string text;
  std::int64_t current = 0;  ///< bytes, where known
  std::int64_t total = 0;
};

struct InstanceEvent {
  std::string id;
  std::string action;  ///< "start", "die", "destroy"
  Labels labels;
};

struct Event {
  std::optional<std::string> started;
  std::optional<Progress> progress;
  std::optional<std::string> output;  ///< a piece of the engine's own output, line breaks included
  std::optional<std::string> warning;
  std::optional<InstanceEvent> instance;
};

/// The body of a failed call.
struct Failure {
  std::string code;
  std::string message;
  std::string hint;
};

/// The reply of operations that have nothing to say.
struct Empty {};

}  // namespace fairlead
