#pragma once

#include <fairlead/unique_fd.hpp>

#include <cstdint>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>

namespace fairlead {

/// Turns the cancel descriptors of calls that a plugin makes to us into stop tokens. One thread,
/// which starts with the first call. Thread-safe.
class CancelWatch {
 public:
  CancelWatch();
  ~CancelWatch();
  CancelWatch(const CancelWatch&) = delete;
  CancelWatch& operator=(const CancelWatch&) = delete;

  /// One watched descriptor, which is open when this begins.
  class Watched {
   public:
    Watched(CancelWatch& watch, int fd);
    ~Watched();
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;
    std::stop_token token() const { return stop_.get_token(); }

   private:
    CancelWatch& watch_;
    std::stop_source stop_;
    UniqueFd fd_;
    std::uint64_t id_;
  };

 private:
  void serve();
  std::uint64_t add(int fd, const std::stop_source& stop);
  void remove(std::uint64_t id, int fd);

  std::mutex mutex_;
  std::map<std::uint64_t, std::stop_source> watched_;
  std::uint64_t next_ = 1;  ///< 0 is the wake-up that ends the thread
  UniqueFd epoll_;
  UniqueFd end_;
  std::thread thread_;
};

}  // namespace fairlead
