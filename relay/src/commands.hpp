#pragma once

#include <fairlead/relay/channel.hpp>
#include <fairlead/relay/requests.hpp>

#include <memory>
#include <vector>

namespace fairlead::relay {

class Command;

/// Who has started the relay.
enum class Parent {
  engine,
  relay,  ///< one of our own, which hangs it up when it ends itself: its commands have to end first
};

/// The commands that run, each in a session of its own. What a finished command left behind is let
/// alone; one that the host no longer wants gets HUP, and two seconds later its session KILL (one
/// second of a relay's relay).
class Commands final : private Watcher {
 public:
  Commands(Mux& mux, char** environment, Parent parent);
  ~Commands() override;

  void run(std::uint32_t id, const RunRequest& request);
  Command* find(std::uint32_t id);
  void remove(std::uint32_t id);
  bool empty() const { return commands_.empty(); }
  /// The host is gone: ends all, in at most the two seconds.
  void end_all();

  /// The environment of a command, and what it must not inherit from us undone.
  char** environment() const { return environment_; }
  void become_child() const;
  int grace_ms() const { return parent_ == Parent::relay ? 1000 : 2000; }

 private:
  void on_ready(int fd, std::uint32_t events) override;

  Mux& mux_;
  char** environment_;
  const Parent parent_;
  std::vector<std::unique_ptr<Command>> commands_;
  int signals_ = -1;
  std::uint64_t mask_ = 0;                 ///< as it was given to us
  std::uint64_t descriptors_[2] = {0, 0};  ///< soft and hard limit, as they were given to us
};

/// One command that runs.
class Command final : private Timer {
 public:
  Command(Commands& commands, Mux& mux, std::uint32_t id, int pid, std::uint32_t error_channel);

  std::uint32_t id() const { return id_; }
  int pid() const { return pid_; }
  void resize(int terminal, std::uint16_t rows, std::uint16_t columns);
  void set_terminal(int fd) { terminal_ = fd; }
  void resize(std::uint16_t rows, std::uint16_t columns) { resize(terminal_, rows, columns); }
  void signal(int number) const;
  void hang_up();
  void kill_session() const;
  void exited(int status);
  void output_ended();

 private:
  void on_timer() override;
  void finish();

  Commands& commands_;
  Mux& mux_;
  const std::uint32_t id_;
  const int pid_;
  const std::uint32_t error_channel_;
  int terminal_ = -1;  ///< its channel's
  int outputs_;
  int status_ = -1;
  bool unwanted_ = false;
};

}  // namespace fairlead::relay
