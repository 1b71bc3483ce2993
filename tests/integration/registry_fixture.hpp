#pragma once

#include "features/registry.hpp"
#include "support/test_run.hpp"
#include "support/web_server.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fairlead::test {

/// An artifact as a registry holds it.
struct Artifact {
  OciReference reference;
  std::string layer;     ///< bytes of its one layer
  std::string manifest;  ///< bytes

  std::string layer_digest() const;
  std::string manifest_digest() const;
};

/// Registry clients with folders of their own.
class RegistryFixture : public ::testing::Test {
 protected:
  RegistryFixture() : log_(silence_) {}

  /// Quick to lose patience: what takes long here is broken.
  RegistryOptions options() const;
  std::unique_ptr<Registry> client(RegistryOptions options) const {
    return std::make_unique<Registry>(std::move(options), log_);
  }
  std::unique_ptr<Registry> client() const { return client(options()); }

  /// A feature with a devcontainer-feature.json and an install.sh, packed; nothing is published.
  Artifact feature(const std::string& registry, const std::string& repository,
                   const std::string& more_metadata = {}) const;
  void publish(Registry& registry, const Artifact& artifact) const;

  /// Files below the cache, relative, sorted; without locks.
  std::vector<std::string> cached() const;

  TestRun run_;

 private:
  class Silence : public EventSink {
   public:
    void on_event(const LogEvent& /*event*/) override {}
  };
  Silence silence_;
  Log log_;
};

/// The code of what `action` throws; "" when it throws nothing.
template <class Action>
std::string code_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  return {};
}

/// Answers as a registry that has one artifact; false for what it is not asked about.
bool serve_artifact(const Artifact& artifact, const WebRequest& request, WebConnection& connection);

}  // namespace fairlead::test
