#pragma once

#include <cstdint>
#include <vector>

/// Waiting for descriptors and times, on one thread.
namespace fairlead::relay {

/// Told when a descriptor is ready.
class Watcher {
 public:
  virtual ~Watcher() = default;
  virtual void on_ready(int fd, std::uint32_t events) = 0;
};

/// Told when its time has come. Ends with its destructor.
class Loop;
class Timer {
 public:
  explicit Timer(Loop& loop) : loop_(loop) {}
  virtual ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  virtual void on_timer() = 0;
  void set(std::int64_t milliseconds_from_now);
  void clear();

 private:
  friend class Loop;
  Loop& loop_;
  std::int64_t deadline_ = -1;
};

class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Watches `fd` for EPOLL... `events`; with none only errors are told, once each. False: it
  /// cannot be watched, as a regular file.
  bool watch(int fd, std::uint32_t events, Watcher& watcher);
  void change(int fd, std::uint32_t events);
  /// Before the descriptor is closed.
  void forget(int fd);

  /// Waits once and tells whom it concerns; at most `most_ms` (-1: as long as it takes).
  void run_once(int most_ms = -1);
  static std::int64_t now_ms();

 private:
  friend class Timer;
  struct Slot {
    Watcher* watcher = nullptr;
    std::uint32_t generation = 0;  ///< an event that was fetched before `forget` is for nobody
  };
  int wait_time(int most_ms) const;
  void fire_timers();

  int epoll_;
  std::vector<Slot> slots_;  ///< by descriptor
  std::vector<Timer*> timers_;
};

}  // namespace fairlead::relay
