#pragma once

#include <fairlead/model.hpp>
#include <fairlead/unique_fd.hpp>

#include <thread>

namespace fairlead::ssh {

/// The local end of a remote terminal: OpenSSH takes modes and size from a terminal, and callers
/// have byte streams. Moves the bytes between both on threads of its own.
class LocalTerminal {
 public:
  /// Throws Error(failed, "host.terminal").
  explicit LocalTerminal(const TerminalSize& size);
  ~LocalTerminal();
  LocalTerminal(const LocalTerminal&) = delete;
  LocalTerminal& operator=(const LocalTerminal&) = delete;

  /// What OpenSSH gets, for its input and output.
  int inner() const noexcept { return inner_.get(); }
  /// To be called when the session is open: from now on bytes pass as they are.
  void start(UniqueFd in, UniqueFd out);
  void resize(const TerminalSize& size) const;

 private:
  UniqueFd outer_;
  UniqueFd inner_;
  UniqueFd stop_in_;
  UniqueFd stop_out_;
  UniqueFd drained_;
  UniqueFd in_;
  UniqueFd out_;
  std::thread reading_;
  std::thread writing_;
};

}  // namespace fairlead::ssh
