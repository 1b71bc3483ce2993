#pragma once

#include <csignal>

namespace fairlead::sdk {

/// Holds SIGPIPE back in the thread that has it; one that came meanwhile is taken away at the end.
/// The signal is raised in the thread that writes, so neither the process's disposition nor its
/// other threads are touched.
class NoSigpipe {
 public:
  NoSigpipe();
  ~NoSigpipe();
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace fairlead::sdk
