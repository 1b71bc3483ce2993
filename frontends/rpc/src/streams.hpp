#pragma once

#include <fairlead/unique_fd.hpp>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

namespace fairlead::rpc {

/// What is read from a pipe is handed on, until its last writer has gone. One that is destroyed has
/// handed on everything that was written until then.
class Output {
 public:
  explicit Output(std::function<void(std::string_view)> hand_on);
  ~Output();
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  int fd() const { return writer_.get(); }

 private:
  std::function<void(std::string_view)> hand_on_;
  UniqueFd reader_;
  UniqueFd writer_;
  std::jthread thread_;
};

/// Bytes that come in messages and go into a command's stdin, by a thread of its own: a command
/// that does not read holds up nobody else. Thread-safe.
class Input {
 public:
  /// What may wait for the command to read it.
  static constexpr std::size_t most_waiting = std::size_t{64} << 20;

  Input() = default;
  ~Input();
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  /// The end that the command reads; without `open` its stdin is empty.
  UniqueFd open();

  /// Throws Error "rpc.stream" when it is not open or too much waits.
  void write(std::string bytes, bool end);

  /// Nothing is written any more.
  void close();

 private:
  void pump(const std::stop_token& stop);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool opened_ = false;
  bool ended_ = false;
  UniqueFd writer_;
  std::jthread thread_;
};

}  // namespace fairlead::rpc
