#pragma once

#include "fixture.hpp"

namespace fairlead::test {

/// Compose against a real engine; the parameter is the variable that names the Compose to use.
class ComposeTest : public DockerTest, public ::testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// A workspace whose `compose.yml` stands in .devcontainer. Services `app`, which sleeps and
  /// mounts the workspace, and what `more` adds; `members` of devcontainer.json beside the files.
  Workspace project(const std::string& more = {}, const std::string& members = {});
  /// The same with a file of the test's own.
  Workspace project_of(const std::string& file, const std::string& members = {});

  /// The words with the Compose to use.
  std::vector<std::string> with_compose(std::vector<std::string> words) const;
  RunResult own(const Workspace& workspace, const std::string& command,
                std::vector<std::string> more = {}) const;
  RunResult drop_in(const Workspace& workspace, const std::string& command,
                    std::vector<std::string> more = {}) const;
  RunResult reference(const Workspace& workspace, const std::string& command,
                      std::vector<std::string> more = {}) const;

  /// The containers of the service `name` in the workspace's project, stopped ones too.
  std::vector<Container> services(const std::string& project, const std::string& name) const;
  std::string project_name(const Workspace& workspace) const;

  /// Two configurations with a service each: neither's `up` or `down` touches the other's.
  void expect_two_configurations_share_a_project();
};

}  // namespace fairlead::test
