#include "engine/configuration_files.hpp"

#include "unit/ports/sockets.hpp"

#include <fairlead/watch.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

class NoLog final : public EventSink {
  void on_event(const LogEvent& /*event*/) override {}
};

class ConfigurationFiles : public testing::Test {
 protected:
  std::string at(const std::string& name) const { return work_.path() + '/' + name; }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories(fs::path(at(name)).parent_path());
    std::ofstream(at(name)) << text;
  }
  std::vector<std::string> files() const {
    return files_of_configuration(core_, work_.path(), at(".devcontainer/devcontainer.json"));
  }
  bool counts(const std::string& name) const { return std::ranges::count(files(), at(name)) == 1; }

  ports::test::Folder work_;
  ports::test::Folder home_;
  NoLog log_;
  Core core_{{.environment = {{"HOME", home_.path()}, {"XDG_RUNTIME_DIR", home_.path()}},
              .working_directory = work_.path()},
             log_};
};

TEST_F(ConfigurationFiles, AreThoseOfFoldersThatAreFeatures) {
  write(".devcontainer/devcontainer.json",
        R"({"image": "i", "features": {"./tool": {}, "../other": {}}})");
  write(".devcontainer/tool/devcontainer-feature.json", "{}");
  write(".devcontainer/tool/deep/part", "");
  write("other/readme", "");
  EXPECT_TRUE(counts(".devcontainer/tool/deep/part"));
  EXPECT_TRUE(counts("other/devcontainer-feature.json"));  // it would make it one
  EXPECT_FALSE(counts("other/readme"));
}

TEST_F(ConfigurationFiles, AreFewHoweverMuchAFeatureHolds) {
  write(".devcontainer/devcontainer.json", R"({"image": "i", "features": {"./tool": {}}})");
  write(".devcontainer/tool/devcontainer-feature.json", "{}");
  for (int i = 0; i < 300; ++i) write(".devcontainer/tool/" + std::to_string(i) + "/file", "");
  EXPECT_LT(files().size(), 210U);
  EXPECT_TRUE(counts(".devcontainer/tool/devcontainer-feature.json"));
}

TEST_F(ConfigurationFiles, AreToldOfWhileChangesNeverEnd) {
  write(".devcontainer/devcontainer.json", R"({"image": "i"})");
  std::atomic<bool> ready = false;
  std::atomic<bool> told = false;
  const std::jthread watching([&](const std::stop_token& stop) {
    watch_configurations(
        core_, {work_.path()}, [&] { ready = true; },
        [&](const ConfigurationEvent&) { told = true; }, stop);
  });
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(40);
  for (int i = 0; !told && std::chrono::steady_clock::now() < end; ++i) {
    if (ready)
      write(".devcontainer/devcontainer.json", R"({"image": ")" + std::to_string(i) + "\"}");
    std::this_thread::yield();
  }
  EXPECT_TRUE(told);
}

}  // namespace
}  // namespace fairlead
