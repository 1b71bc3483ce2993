#include <fairlead/own_plugins.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

class Silent final : public EventSink {
 public:
  void on_event(const LogEvent& /*event*/) override {}
};

class OwnPlugins : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "fairlead-own-plugins-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    fs::create_directories(folder_ / "work");
  }
  void TearDown() override { fs::remove_all(folder_); }

  Core core() {
    return Core({.environment = {{"HOME", (folder_ / "home").string()}},
                 .working_directory = (folder_ / "work").string()},
                silent_);
  }
  fs::path test_plugins() const { return FAIRLEAD_TEST_PLUGIN_DIR; }
  std::string error_of(const std::function<void()>& action) const {
    try {
      action();
    } catch (const Error& error) {
      return error.code();
    }
    return "none";
  }
  std::string text_of(const fs::path& path) const {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }

  fs::path folder_;
  Silent silent_;
};

TEST_F(OwnPlugins, AreAddedFoundAndRemoved) {
  auto first = core();
  const auto plugin = read_plugin(first, (test_plugins() / "well_behaved.so").string());
  add_plugin(first, plugin);
  auto second = core();
  const auto settings = second.settings({}, nullptr);
  const auto& entries = second.plugins(settings).entries();
  ASSERT_FALSE(entries.empty());
  EXPECT_EQ(entries.front().manifest.id, plugin.id);
  EXPECT_EQ(entries.front().refusal, "");
  EXPECT_EQ(remove_plugin(second, plugin.id).id, plugin.id);
  auto third = core();
  EXPECT_EQ(error_of([&] { remove_plugin(third, plugin.id); }), "plugin.unknown");
  EXPECT_TRUE(fs::is_empty(own_plugin_folder(third)));
}

TEST_F(OwnPlugins, AreForgottenByTheListOfTheDisabled) {
  auto own = core();
  const auto plugin = read_plugin(own, (test_plugins() / "well_behaved.so").string());
  add_plugin(own, plugin);
  auto second = core();
  disable_plugin(second, plugin.id);
  const auto list = fs::path(own_plugin_folder(second)) / "disabled";
  EXPECT_EQ(text_of(list), plugin.id + "\n");
  remove_plugin(second, plugin.id);
  EXPECT_EQ(text_of(list), "");
}

TEST_F(OwnPlugins, ThatAnotherListDisablesAreNotSaidToBeEnabled) {
  auto own = core();
  const auto plugin = read_plugin(own, (test_plugins() / "well_behaved.so").string());
  add_plugin(own, plugin);
  const auto other = folder_ / "other";
  fs::create_directory(other);
  Core both({.environment = {{"HOME", (folder_ / "home").string()}},
             .working_directory = (folder_ / "work").string(),
             .plugin_path = {other.string()}},
            silent_);
  disable_plugin(both, plugin.id);
  EXPECT_EQ(error_of([&] { enable_plugin(both, plugin.id); }), "none");
  std::ofstream(other / "disabled") << plugin.id << "\n";
  try {
    enable_plugin(both, plugin.id);
    FAIL() << "it is not enabled";
  } catch (const Error& error) {
    EXPECT_NE(error.message().find((other / "disabled").string()), std::string::npos);
  }
}

TEST_F(OwnPlugins, OfOneIdReplaceEachOtherAndNobodyElse) {
  const auto copy = [&](const std::string& id, const std::string& file) {
    const auto folder = folder_ / "work" / (id + file);
    fs::create_directories(folder);
    fs::copy_file(test_plugins() / "well_behaved.so", folder / (file + ".so"));
    auto manifest = text_of(test_plugins() / "well_behaved.plugin.toml");
    const std::string old_id = "test.well_behaved";
    manifest.replace(manifest.find(old_id), old_id.size(), id);
    std::ofstream(folder / (file + ".plugin.toml")) << manifest;
    return folder.string();
  };
  auto own = core();
  const auto first = copy("test.well_behaved", "one");
  add_plugin(own, read_plugin(own, first));
  auto again = core();
  add_plugin(again, read_plugin(again, copy("test.well_behaved", "two")));
  EXPECT_FALSE(fs::exists(own_plugin_folder(again) + "/one.so"));
  EXPECT_TRUE(fs::exists(own_plugin_folder(again) + "/two.plugin.toml"));
  auto other = core();
  EXPECT_NE(error_of([&] { add_plugin(other, read_plugin(other, copy("test.other", "two"))); }),
            "none");
  EXPECT_NE(text_of(own_plugin_folder(other) + "/two.plugin.toml").find("test.well_behaved"),
            std::string::npos);
}

TEST_F(OwnPlugins, ThatCannotBeLoadedAreNotCopied) {
  auto own = core();
  for (const char* name : {"aborts_on_load", "segfaults_on_load", "no_entry", "newer_major"}) {
    const auto library = test_plugins() / (std::string(name) + ".so");
    if (!fs::exists(library)) continue;
    const auto plugin = read_plugin(own, library.string());
    EXPECT_EQ(error_of([&] { add_plugin(own, plugin); }), "plugin.load") << name;
  }
  EXPECT_FALSE(fs::exists(own_plugin_folder(own)));
}

TEST_F(OwnPlugins, AreNamedByLibraryManifestOrFolder) {
  auto own = core();
  EXPECT_EQ(error_of([&] { read_plugin(own, "nothing.so"); }), "file.missing");
  EXPECT_EQ(error_of([&] { read_plugin(own, test_plugins().string()); }), "plugin.manifest");
  std::ofstream(folder_ / "work/x.plugin.toml")
      << "id = \"a.x\"\nversion = \"1\"\nabi = \"1.0\"\ninterfaces = [\"fairlead.backend/1\"]\n";
  EXPECT_EQ(error_of([&] { read_plugin(own, "."); }), "plugin.library");
  std::ofstream(folder_ / "work/x.so") << "no library";
  const auto plugin = read_plugin(own, ".");
  EXPECT_EQ(plugin.id, "a.x");
  EXPECT_EQ(error_of([&] { add_plugin(own, plugin); }), "plugin.load");
}

TEST_F(OwnPlugins, BeginAsASkeleton) {
  const auto own = core();
  const auto folder = make_plugin(own, "nspawn", "");
  EXPECT_EQ(folder, (folder_ / "work/nspawn").string());
  EXPECT_NE(text_of(folder + "/nspawn.cpp").find("FAIRLEAD_PLUGIN(Nspawn, \"org.example.nspawn\""),
            std::string::npos);
  EXPECT_NE(text_of(folder + "/nspawn.plugin.toml").find("backends = [\"nspawn\"]"),
            std::string::npos);
  EXPECT_EQ(text_of(folder + "/CMakeLists.txt").find("hello"), std::string::npos);
  EXPECT_EQ(error_of([&] { make_plugin(own, "nspawn", ""); }), "plugin.folder");
  for (const char* name : {"", "Nspawn", "../x", "a b", "1x", "a-b"}) {
    EXPECT_EQ(error_of([&] { make_plugin(own, name, "y"); }), "plugin.name") << name;
  }
}

}  // namespace
}  // namespace fairlead
