#pragma once

#include <fairlead/engine.hpp>

#include <string>
#include <utility>

namespace fairlead {

/// The container could not be made or started. Only in drop-in mode, where the reference's message
/// repeats the command line that it ran; the frontend puts that together.
class CreationError : public OperationError {
 public:
  /// `words`: the arguments of that command line, with one blank between them.
  CreationError(const OperationError& error, std::string words)
      : OperationError(error), words_(std::move(words)) {}
  const std::string& words() const noexcept { return words_; }

 private:
  std::string words_;
};

}  // namespace fairlead
