#include "argument_parser.hpp"
#include "commands/commands.hpp"
#include "unit/spec/project_folder.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fairlead::cli {
namespace {

using spec_test::ProjectFolder;

struct Outcome {
  int status = 0;
  std::string text;
};

Outcome validate(const ProjectFolder& project, std::vector<std::string> words) {
  Outcome out;
  Session session;
  session.write_out = [&out](std::string_view text) { out.text += text; };
  session.write_err = session.write_out;
  words.insert(words.begin(), {"config", "validate"});
  const Parsed parsed = parse_arguments(words, Mode::fairlead);
  EXPECT_EQ(parsed.kind, Parsed::Kind::run) << parsed.message;
  out.status = run_config_validate(parsed.arguments, session);
  out.text = project.shortened(out.text);
  return out;
}

TEST(ConfigValidate, FailsOnErrorsAndWhenStrictOnWarnings) {
  const ProjectFolder project(R"({"imag": 1})");
  const std::string folder = project.root() + "/proj";
  EXPECT_EQ(validate(project, {folder}).status, 0);
  EXPECT_EQ(validate(project, {folder, "--strict"}).status, 1);
  EXPECT_EQ(validate(project, {folder, "--quiet"}).text, "");
  project.write("proj/.devcontainer/devcontainer.json", R"({"image": 1})");
  EXPECT_EQ(validate(project, {"--workspace-folder", folder}).status, 1);
}

TEST(ConfigValidate, JudgesManyAtOnce) {
  const ProjectFolder project(R"({"image": "x"})");
  project.write("other/devcontainer.json", "{\n");
  const auto found =
      validate(project, {project.root() + "/proj", project.root() + "/other/devcontainer.json"});
  EXPECT_EQ(found.status, 1);
  EXPECT_NE(found.text.find("R/other/devcontainer.json:1:1: error: "), std::string::npos);
  EXPECT_NE(found.text.find("2 files: 1 error, 0 warnings\n"), std::string::npos);
}

TEST(ConfigValidate, WritesJson) {
  const ProjectFolder project(R"({"image": 1})");
  EXPECT_EQ(validate(project, {"--json", project.root() + "/proj"}).text,
            R"({"outcome":"error","errors":1,"warnings":0,"files":[{"file":)"
            R"("R/proj/.devcontainer/devcontainer.json","diagnostics":[{"severity":"error",)"
            R"("code":"config.type","message":"\"image\" must be a string, not a number",)"
            R"("line":1,"column":11,"text":"{\"image\": 1}"}]}]})"
            "\n");
}

TEST(ConfigValidate, DoesNotTakeNothingForSuccess) {
  const ProjectFolder project;
  const auto found = validate(project, {project.root() + "/proj", "/no/such/file"});
  EXPECT_EQ(found.status, 1);
  EXPECT_NE(found.text.find("config.not_found"), std::string::npos);
  EXPECT_NE(found.text.find("file.missing"), std::string::npos);
}

}  // namespace
}  // namespace fairlead::cli
