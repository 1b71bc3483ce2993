#pragma once

#include "support/engine_api.hpp"
#include "support/target.hpp"
#include "support/test_run.hpp"
#include "support/wait.hpp"

#include <fairlead/error.hpp>
#include <fairlead/plugins.hpp>

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::test {

struct PipeEnds {
  UniqueFd read;
  UniqueFd write;
};

PipeEnds make_pipe();
/// Up to the end.
std::string read_all(int fd);
/// Stops where the reader is gone.
void write_whole(int fd, std::string_view bytes);
/// A file without a name, read from its start.
UniqueFd file_with(const std::string& content);
/// Another descriptor of the same file.
UniqueFd duplicate(const UniqueFd& fd);
/// Bytes without a pattern that a wrong frame could hide in.
std::string noise(std::size_t size);
/// `sh -c text` in a container.
ExecRequest script(const std::string& id, const std::string& text);

/// What `function` throws; with Status::ok when it throws nothing.
template <class Function>
Error failure_of(const Function& function) {
  try {
    function();
  } catch (const Error& error) {
    return error;
  }
  return Error(Status::ok, "", "no error");
}

/// How a command in a container ended.
struct Output {
  int exit_code = -1;
  std::string out;
  std::string err;
};

/// An exec on a thread of its own, cancelled on destruction.
class Running {
 public:
  /// Returns once the command is announced, after ten seconds at most.
  Running(Backend& backend, ExecRequest request);
  ~Running() { cancel(); }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  /// The name of the process for `exec_control`.
  const std::string& started() const { return started_; }
  void cancel() { stop_.request_stop(); }
  /// Waits for the end; throws what `exec` throws.
  int exit_code() { return end_.get(); }

 private:
  std::stop_source stop_;
  std::promise<std::string> name_;
  std::string started_;
  std::future<int> end_;  // last: its destructor waits for the thread that uses the others
};

/// Docker's plugin by itself, through the core's plugin registry, against a real engine.
class DockerPluginTest : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// The plugin with variables of its own, such as another DOCKER_HOST.
  std::unique_ptr<Backend> open(Environment environment);

  /// A container that runs until it is stopped and has no network.
  CreateRequest sleeper() const;
  /// Creates and starts it; its id.
  std::string started(const CreateRequest& request);
  std::string started() { return started(sleeper()); }

  Output run(ExecRequest request, const std::string& input = {});
  Output shell(const std::string& id, const std::string& text, const std::string& input = {});

  /// Command lines inside, but for what keeps the container alive.
  static std::vector<std::string> processes(const std::string& id);

  class Quiet : public EventSink {
   public:
    void on_event(const LogEvent&) override {}
  };

  TestRun run_;
  Quiet quiet_;
  std::unique_ptr<Target> target_;
  std::unique_ptr<PluginRegistry> registry_;
  std::unique_ptr<Backend> backend_;
};

}  // namespace fairlead::test
