#pragma once

#include "support/child_process.hpp"
#include "support/engine_api.hpp"
#include "support/target.hpp"
#include "support/test_run.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace fairlead::bench {

/// The engine, a workspace per program so that they do not meet, and what runs in it.
class World {
 public:
  World();
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// A workspace folder with an image and no hooks.
  std::filesystem::path workspace(const std::string& name);
  /// Runs to the end; throws std::runtime_error, with its output, unless it ends with 0.
  test::RunResult must(std::vector<std::string> argv);
  /// The id of the container that an `up` reported.
  static std::string container_of(const test::RunResult& up);

  /// The request body for a container such as `up` makes for `workspace`.
  std::string create_body(const std::filesystem::path& workspace) const;

  const test::EngineApi& engine() const { return engine_; }
  /// Part of every workspace's name.
  const std::string& id() const { return run_.id(); }
  const test::TestRun& run() const { return run_; }

  std::string fairlead;
  std::string devcontainer;
  std::string reference;  ///< empty: not there
  std::string docker;     ///< the docker client
  std::string docker_version;

 private:
  test::TestRun run_;
  test::EngineApi engine_;
};

}  // namespace fairlead::bench
