#pragma once

#include "support/child_process.hpp"
#include "support/engine_api.hpp"
#include "support/json.hpp"
#include "support/leak_guard.hpp"
#include "support/target.hpp"
#include "support/test_run.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fairlead::test {

/// A folder with a devcontainer.json, named after the test.
struct Workspace {
  std::filesystem::path folder;

  std::string base() const { return folder.filename().string(); }
  std::string inside() const { return "/workspaces/" + base(); }
  std::filesystem::path config_file() const { return folder / ".devcontainer/devcontainer.json"; }
  /// `members` go into the object beside the image: `"remoteUser": "dev"`.
  void configure(const std::string& members = {}) const;
  void write(const std::string& path, const std::string& content) const {
    write_file(folder / path, content);
  }
  std::string read(const std::string& path) const { return read_file(folder / path); }
};

/// A test against a backend: private folders, the programs as child processes, and at the end the
/// check that nothing is left, outside or inside, before and after its containers are removed.
class IntegrationTest : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// Which backend; overridden by parameterised tests.
  virtual std::string target_name() const { return "docker"; }

  TestRun& test_run() { return *run_; }
  const Target& target() const { return *target_; }

  /// A new workspace with the base image and `members`.
  Workspace workspace(const std::string& members = {}, const std::string& name = "ws");

  /// A request to run the program as it would be typed; change it before use as needed.
  RunRequest fairlead(std::vector<std::string> words) const;
  RunRequest devcontainer(std::vector<std::string> words) const;
  /// The same words for another program, such as the reference CLI.
  static RunRequest with_program(const std::string& program, RunRequest request);
  /// The words of an operation on one workspace.
  RunRequest up(const Workspace& workspace, std::vector<std::string> more = {}) const;
  RunRequest exec(const Workspace& workspace, const std::vector<std::string>& command) const;

  /// `up` that must succeed; the container's id.
  std::string must_up(const Workspace& workspace);
  /// Both by our own name: the drop-in notes a hook before it runs, as the reference does, and does
  /// not run one again that was killed.
  RunRequest own_up(const Workspace& workspace) const;
  std::string must_own_up(const Workspace& workspace);
  /// `sh -c script` inside that must succeed; its standard output.
  std::string must_exec(const Workspace& workspace, const std::string& script);

  std::vector<TargetInstance> instances() const { return target_->instances(*run_); }
  /// For tests whose point is a process that goes on inside.
  void allow_processes_inside() { processes_inside_allowed_ = true; }

 private:
  void check_inside() const;
  void end_servers() const;

  std::unique_ptr<TestRun> run_;
  std::unique_ptr<Target> target_;
  std::optional<LeakGuard> guard_;
  bool processes_inside_allowed_ = false;
};

/// The tests that need Docker's engine itself.
class DockerTest : public IntegrationTest {
 protected:
  EngineApi engine() const { return EngineApi(variable("DOCKER_HOST")); }
};

/// The reference CLI's path, or nothing.
std::string reference_cli();

}  // namespace fairlead::test
