#include "features/template.hpp"

#include "base/atomic_file.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

class Templates : public testing::Test {
 protected:
  Templates() {
    std::string name = (fs::temp_directory_path() / "fairlead-template-XXXXXX").string();
    root_ = mkdtemp(name.data());
    fs::create_directories(root_ / "t");
    fs::create_directories(root_ / "p");
  }
  ~Templates() override { fs::remove_all(root_); }

  void put(const std::vector<std::string>& files, const TemplateChoices& choices) {
    struct Silent : EventSink {
      void on_event(const LogEvent&) override {}
    } sink;
    put_template(root_ / "t", files, root_ / "p", choices, Log(sink));
  }

  fs::path root_;
};

// TMPL-004, 005, 007, edge case 67
TEST_F(Templates, ReplaceTheirOptionsAndNothingElse) {
  EXPECT_EQ(with_template_options(
                "${templateOption:a} ${templateOption: a } ${templateOption:none}|${localEnv:HOME} "
                "${templateOption:} ${templateOption:a",
                {{"a", "1"}}),
            "1 1 |${localEnv:HOME} ${templateOption:} ${templateOption:a");
}

// TMPL-006
TEST_F(Templates, FillInDefaults) {
  const char* metadata =
      R"({"options":{"v":{"type":"string","default":"2"},"b":{"type":"boolean","default":false},
          "t":{"type":"boolean","default":true},"n":{"type":"string"}}})";
  const TemplateOptions ours{{"b", "false"}, {"n", ""}, {"t", "true"}, {"v", "9"}};
  EXPECT_EQ(template_options(metadata, {{"v", "9"}}, false), ours);
  EXPECT_EQ(template_options(metadata, {}, true).at("b"), "");
}

// TMPL-008, 009
TEST_F(Templates, LeaveOutWhatIsNotForProjects) {
  for (const char* path : {"devcontainer-template.json", "README.md", "NOTES.md", "a/x", "f"}) {
    EXPECT_FALSE(belongs_to_project(path, {"a/*", "f"})) << path;
  }
  for (const char* path : {"sub/README.md", "ab", "f2"}) {
    EXPECT_TRUE(belongs_to_project(path, {"a/*", "f"})) << path;
  }
}

// TMPL-010, 011
TEST_F(Templates, AreWrittenBesideWhatIsThere) {
  write_file(root_ / "p/mine", "m");
  write_file(root_ / "t/.devcontainer/devcontainer.json",
             "{\n  // c\n  \"image\": \"${templateOption:i}\"\n}\n");
  write_file(root_ / "t/run", "#!/bin/sh\n", 0755);
  put({".devcontainer/devcontainer.json", "run"},
      {.options = {{"i", "debian"}}, .features = {{"./f", "{}"}}});
  EXPECT_EQ(read_file(root_ / "p/.devcontainer/devcontainer.json"),
            "{\n  // c\n  \"image\": \"debian\",\n  \"features\": {\n    \"./f\": {}\n  }\n}\n");
  EXPECT_EQ(read_file(root_ / "p/mine"), "m");
  EXPECT_NE(fs::status(root_ / "p/run").permissions() & fs::perms::owner_exec, fs::perms::none);
}

// SEC-007
TEST_F(Templates, DoNotFollowLinksOutOfTheProject) {
  fs::create_directories(root_ / "outside");
  fs::create_directory_symlink(root_ / "outside", root_ / "p/.devcontainer");
  write_file(root_ / "t/.devcontainer/x", "x");
  write_file(root_ / "t/a", "a");
  EXPECT_THROW(put({"a", ".devcontainer/x"}, {}), Error);
  EXPECT_FALSE(fs::exists(root_ / "outside/x"));
  EXPECT_FALSE(fs::exists(root_ / "p/a"));
}

}  // namespace
}  // namespace fairlead
