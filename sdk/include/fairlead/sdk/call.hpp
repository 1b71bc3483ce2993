#pragma once

#include <fairlead/abi.h>
#include <fairlead/error.hpp>
#include <fairlead/model.hpp>
#include <fairlead/unique_fd.hpp>

#include <cstddef>
#include <string_view>
#include <vector>

namespace fairlead::sdk {

/// One call as its plugin sees it. Lives on the stack of the trampoline; everything here may be
/// used from any thread until the operation's method returns.
class Call {
 public:
  /// Takes over the descriptors of `raw`; those never taken are closed with the Call.
  explicit Call(const fairlead_call* raw);
  /// Dropped unanswered: answers INTERNAL, so that the core never waits for nothing.
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  /// The descriptor that `ref` names, once; empty when `ref` names none or it was taken before.
  UniqueFd take(FdRef ref);

  /// Readable when the core wants the call to end; poll it beside your own descriptors.
  int cancel_fd() const noexcept { return raw_->cancel_fd; }
  /// Asks without blocking.
  bool cancelled() const noexcept;
  /// Throws Error(cancelled) when the core wants the call to end.
  void throw_if_cancelled() const;

  /// Progress, output, warnings; a few per second, never bulk bytes.
  void emit(const Event& event) const;

  /// Adds a descriptor to the reply and says its index.
  FdRef attach(UniqueFd fd);

  /// Ends the call; used by the trampolines, at most once.
  void reply(std::string_view body);
  void fail(Status status, const Failure& failure) noexcept;

 private:
  void finish(Status status, std::string_view body) noexcept;

  const fairlead_call* raw_;
  std::vector<UniqueFd> fds_;
  std::vector<UniqueFd> attached_;
  bool done_ = false;
};

}  // namespace fairlead::sdk
