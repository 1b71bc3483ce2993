#pragma once

#include <fairlead/unique_fd.hpp>

#include <sys/types.h>

#include <string>
#include <vector>

namespace fairlead::testbed {

/// One run of the shim: its words, what it says, its end.
struct ShimRequest {
  std::vector<std::string> words;        ///< options, "--", command
  std::vector<std::string> environment;  ///< "NAME=value", the whole of it
  UniqueFd in;                           ///< the streams of the command; /dev/null when empty
  UniqueFd out;
  UniqueFd err;
  UniqueFd hold;  ///< a lock that the shim keeps until the instance stands
};

/// The lines that the shim has said so far.
struct ShimWords {
  pid_t pid = 0;
  int exit_code = -1;
  std::string error_code;
  std::string error_text;
};

/// A running shim. Reaped on destruction; what holds an instance has left the client by then.
class ShimProcess {
 public:
  /// Throws Error(internal) when it cannot be started.
  explicit ShimProcess(ShimRequest request);
  ~ShimProcess();
  ShimProcess(const ShimProcess&) = delete;
  ShimProcess& operator=(const ShimProcess&) = delete;

  /// Readable when there are words, or when it will say no more.
  int words_fd() const { return words_fd_.get(); }
  /// Reads what is there; false: it will say no more.
  bool read_words();
  const ShimWords& words() const { return words_; }
  /// Lets a joined command begin, after its pid was said.
  void release() const;

 private:
  void take_line(const std::string& line);

  pid_t pid_ = -1;
  UniqueFd words_fd_;
  std::string unfinished_;
  ShimWords words_;
};

}  // namespace fairlead::testbed
