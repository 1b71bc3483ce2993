#pragma once

#include <fairlead/plugins.hpp>

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::test {

/// Keeps the text of every event.
class RecordingSink final : public EventSink {
 public:
  void on_event(const LogEvent& event) override {
    const std::lock_guard lock(mutex_);
    texts_.push_back(event.text);
  }
  std::vector<std::string> texts() const {
    const std::lock_guard lock(mutex_);
    return texts_;
  }
  bool has(const std::string& text) const {
    const auto all = texts();
    return std::find(all.begin(), all.end(), text) != all.end();
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> texts_;
};

/// A registry over the small plugins of tests/plugins, and an empty folder of its own.
class PluginTest : public ::testing::Test {
 protected:
  PluginTest() {
    std::string name = ::testing::TempDir() + "fl-plugins-XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~PluginTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  PluginRegistry& registry() {
    if (!registry_) {
      PluginSearch search;
      search.folders = {FAIRLEAD_TEST_PLUGIN_DIR};
      search.state_folder = folder_ / "state";
      search.grace = grace_;
      registry_ = std::make_unique<PluginRegistry>(search, Log(sink_));
    }
    return *registry_;
  }

  std::unique_ptr<Backend> open(const std::string& name) {
    return registry().open_backend(name, local_host(), {});
  }

  static std::string library(const std::string& name) {
    return std::string(FAIRLEAD_TEST_PLUGIN_DIR) + '/' + name + ".so";
  }

  /// The message of what `open(name)` throws.
  std::string refusal(const std::string& name) {
    try {
      open(name);
    } catch (const Error& problem) {
      EXPECT_EQ(problem.code(), "plugin.load");
      return problem.message();
    }
    return "was not refused";
  }

  static std::string unusable(const std::string& name, const std::string& why) {
    return "The plugin 'test." + name + "' (" + library(name) + ") cannot be used: " + why;
  }

  void write(const std::string& name, std::string_view content) const {
    std::ofstream file(folder_ / name, std::ios::binary);
    file << content;
  }

  RecordingSink sink_;
  std::filesystem::path folder_;
  std::chrono::milliseconds grace_{5000};
  std::unique_ptr<PluginRegistry> registry_;
};

/// What `work` throws.
template <class Work>
Error thrown(Work work) {
  try {
    work();
  } catch (const Error& problem) {
    return problem;
  }
  return {Status::ok, "nothing", "nothing was thrown"};
}

/// How many descriptors this process has open.
inline std::size_t open_descriptors() {
  const std::filesystem::directory_iterator entries("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

}  // namespace fairlead::test
