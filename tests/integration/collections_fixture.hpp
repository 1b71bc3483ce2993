#pragma once

#include "support/files.hpp"
#include "support/json.hpp"
#include "support/registry_server.hpp"
#include "support/test_run.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::test {

/// Collections published by one program and read by the other, as people's machines are a mixture.
class Collections : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!RegistryServer::installed()) GTEST_SKIP() << "docker-registry is not installed";
    server_ = std::make_unique<RegistryServer>(run_, RegistryGuard::open);
    reference_ = variable("FAIRLEAD_TEST_REFERENCE_CLI");
    if (reference_.empty()) reference_ = variable("FAIRLEAD_REFERENCE_CLI");
  }

  RunResult run(const std::string& program, std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), program);
    return ::fairlead::test::run({.argv = std::move(arguments),
                                  .environment = run_.environment(),
                                  .directory = run_.folder().string()});
  }
  RunResult ours(std::vector<std::string> arguments) const {
    return run(devcontainer_binary(), std::move(arguments));
  }

  void add_feature(const std::string& id, const std::string& version,
                   const std::string& more = {}) const {
    const auto folder = run_.below("src/" + id);
    write_file(folder / "devcontainer-feature.json",
               R"({"id":")" + id + R"(","version":")" + version + R"(","name":"N")" + more + "}");
    write_file(folder / "install.sh", "#!/bin/sh\necho " + id + "\n");
  }

  RunResult publish(const std::string& program, const char* what, const std::string& space) const {
    return run(program, {what, "publish", "-r", server_->name(), "-n", space, "src"});
  }

  std::string name(const std::string& path) const { return server_->name() + "/acme/" + path; }

  std::string workspace(const std::string& features) const {
    write_file(run_.below("w/.devcontainer/devcontainer.json"),
               R"({"image":"debian:12","features":)" + features + "}");
    return run_.below("w").string();
  }

  TestRun run_;
  std::unique_ptr<RegistryServer> server_;
  std::string reference_;
};

/// The same question to both; equal answers.
class CollectionsPeer : public Collections {
 protected:
  void SetUp() override {
    Collections::SetUp();
    if (!IsSkipped() && reference_.empty()) GTEST_SKIP() << "no reference CLI";
  }
  RunResult theirs(std::vector<std::string> arguments) const {
    return run(reference_, std::move(arguments));
  }
};

}  // namespace fairlead::test
