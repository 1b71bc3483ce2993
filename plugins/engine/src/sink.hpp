#pragma once

#include <fairlead/sdk/no_sigpipe.hpp>
#include <fairlead/unique_fd.hpp>

#include <string>
#include <string_view>

namespace fairlead::engine {

/// The caller's end of an output: writes without blocking and without changing the flags of the
/// open file, which other programs share (it may be the user's terminal).
class Sink {
 public:
  explicit Sink(UniqueFd fd);

  /// Writes what goes now and remembers the rest.
  void write(std::string_view bytes);
  /// Goes on with the rest.
  void flush();

  bool waiting() const noexcept { return !pending_.empty(); }
  bool closed() const noexcept { return closed_; }
  int fd() const noexcept { return fd_.get(); }

 private:
  ssize_t write_now(std::string_view bytes);

  UniqueFd fd_;
  bool socket_ = false;
  bool may_block_ = false;  ///< could not be opened anew: only small pieces
  bool closed_ = false;
  std::string pending_;
};

using sdk::NoSigpipe;

}  // namespace fairlead::engine
