#include "project_folder.hpp"
#include "spec/git_root.hpp"
#include "spec/workspace.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace fairlead {
namespace {

using spec_test::ProjectFolder;

constexpr const char* folder_file = "proj/.devcontainer/devcontainer.json";

std::string configuration_of(std::string_view text, Mode mode = Mode::drop_in) {
  const ProjectFolder project(text);
  return project.configuration(read_config(project.options(mode)));
}

Error error_of(const ReadOptions& options) {
  try {
    read_config(options);
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no error";
  return {Status::internal, "", ""};
}

std::string workspace_of(const ProjectFolder& project, const ReadOptions& options) {
  return project.shortened(workspace_json(read_config(options).workspace));
}

// CFG-001, CFG-002; edge case 1
TEST(ReadConfig, PrefersTheFolder) {
  ProjectFolder project(R"({"name":"folder"})");
  project.write("proj/.devcontainer.json", R"({"name":"rootfile"})");
  EXPECT_EQ(project.configuration(read_config(project.options())), R"({"name":"folder"})");
  std::filesystem::remove_all(project.root() + "/proj/.devcontainer");
  const auto document = read_config(project.options());
  EXPECT_EQ(project.configuration(document), R"({"name":"rootfile"})");
  EXPECT_EQ(project.shortened(document.config_file), "R/proj/.devcontainer.json");
}

// CFG-003, CFG-004, CFG-008; edge case 2
TEST(ReadConfig, TakesANamedConfigurationOnlyWhenTold) {
  ProjectFolder project;
  project.write("proj/.devcontainer/alt/devcontainer.json", R"({"name":"alt"})");
  project.write("proj/.devcontainer/alt/deep/devcontainer.json", R"({"name":"deep"})");
  const Error error = error_of(project.options());
  EXPECT_EQ(error.code(), "config.not_found");
  EXPECT_NE(error.hint().find("/alt/devcontainer.json"), std::string::npos);
  EXPECT_EQ(list_configs(project.root() + "/proj").size(), 1U);

  auto options = project.options();
  options.config = "proj/.devcontainer/alt/devcontainer.json";
  const auto document = read_config(options);
  EXPECT_EQ(project.configuration(document), R"({"name":"alt"})");
  EXPECT_EQ(project.shortened(document.config_folder()), "R/proj/.devcontainer/alt");
  EXPECT_EQ(project.shortened(document.workspace.local_folder), "R/proj");
  EXPECT_EQ(document.config_uri_scheme, "file");
}

// CFG-005, CFG-007
TEST(ReadConfig, SaysWhereItLooked) {
  ProjectFolder project;
  project.write(".devcontainer.json", R"({"name":"of the parent"})");
  const Error error = error_of(project.options());
  EXPECT_EQ(error.code(), "config.not_found");
  EXPECT_EQ(project.shortened(error.message()),
            "Dev container config (R/proj/.devcontainer/devcontainer.json) not found.");
  auto options = project.options();
  options.config = "nope.json";
  EXPECT_EQ(project.shortened(error_of(options).message()),
            "Dev container config (R/nope.json) not found.");
}

TEST(ReadConfig, ReportsWhatCannotBeRead) {
  ProjectFolder project;
  auto options = project.options();
  options.config = project.root() + "/proj";
  EXPECT_EQ(error_of(options).code(), "config.read");
}

// CFG-009; edge case 9
TEST(ReadConfig, TakesTheOverridesContentUnderTheUsualName) {
  ProjectFolder project;
  project.write("over.json", R"({"name":"over"})");
  auto options = project.options();
  options.override_config = "over.json";
  for (const bool normal_exists : {false, true}) {
    if (normal_exists) project.write(folder_file, R"({"name":"normal"})");
    const auto document = read_config(options);
    EXPECT_EQ(project.configuration(document), R"({"name":"over"})");
    EXPECT_EQ(project.shortened(document.config_file), "R/proj/.devcontainer/devcontainer.json");
    EXPECT_EQ(document.config_uri_scheme, "vscode-fileHost");
  }
  options.workspace_folder.clear();
  const auto alone = read_config(options);
  EXPECT_EQ(project.shortened(alone.config_file), "R/over.json");
  EXPECT_EQ(workspace_json(alone.workspace), "{}");
}

// The reference shows what it does not use, and fails on a folder that is no path.
TEST(ReadConfig, ShowsAWorkspaceMountAsItStandsWhenADropIn) {
  for (const char* value : {"null", "5", R"({"a":"v"})", "false"}) {
    const ProjectFolder project(R"({"workspaceMount":)" + std::string(value) + "}");
    EXPECT_EQ(
        workspace_json(read_config(project.options())),
        R"({"workspaceFolder":"/workspaces/proj","workspaceMount":)" + std::string(value) + '}');
  }
  const ProjectFolder project(R"({"workspaceFolder":5})");
  EXPECT_EQ(error_of(project.options()).code(), "config.invalid");
}

// CFG-010
TEST(ReadConfig, TakesAWorkspaceFileForItsFolder) {
  ProjectFolder project(R"({"name":"n"})");
  project.write("proj/x.code-workspace", "{}");
  const auto document = read_config(project.options(Mode::drop_in, "proj/x.code-workspace"));
  EXPECT_EQ(project.shortened(document.workspace.local_folder), "R/proj");
}

// CFG-014; edge case 6
TEST(ReadConfig, WantsAnObject) {
  for (const char* text : {"[]", "\"x\"", "null", "5", "// only a comment", " "}) {
    const ProjectFolder project(text);
    const Error error = error_of(project.options());
    EXPECT_EQ(error.code(), "config.not_an_object") << text;
    EXPECT_EQ(project.shortened(error.message()),
              "Dev container config (R/proj/.devcontainer/devcontainer.json) must contain a JSON "
              "object literal.");
  }
  EXPECT_EQ(error_of(ProjectFolder("").options()).code(), "config.not_found");
}

// CFG-013; edge case 5
TEST(ReadConfig, RecoversOnlyAsADropIn) {
  const char* broken = "{\n\"image\": \"x\" \"name\": \"y\" }";
  EXPECT_EQ(configuration_of(broken), R"({"image":"x","name":"y"})");
  const ProjectFolder project(broken);
  const Error error = error_of(project.options(Mode::fairlead));
  EXPECT_EQ(error.code(), "config.syntax");
  EXPECT_EQ(error.where().line, 2);
  EXPECT_EQ(error.where().column, 14);
  EXPECT_EQ(project.shortened(error.where().file), "R/proj/.devcontainer/devcontainer.json");
}

// CFG-015
TEST(ReadConfig, KeepsAndReportsUnknownProperties) {
  const ProjectFolder project("{\n\"$schema\": \"s\",\n  \"remotUser\": \"x\", \"zzz\": 1}");
  const auto document = read_config(project.options(Mode::fairlead));
  EXPECT_EQ(project.configuration(document), R"({"$schema":"s","remotUser":"x","zzz":1})");
  ASSERT_EQ(document.advice.size(), 2U);
  EXPECT_EQ(document.advice[0].code, "config.unknown");
  EXPECT_NE(document.advice[0].message.find("\"remotUser\""), std::string::npos);
  EXPECT_NE(document.advice[0].hint.find("remoteUser"), std::string::npos);
  EXPECT_EQ(document.advice[0].where.line, 3);
  EXPECT_EQ(document.advice[0].where.column, 3);
  EXPECT_TRUE(read_config(project.options(Mode::drop_in)).advice.empty());
}

TEST(ReadConfig, EndsTheConfigurationWithItsPath) {
  const ProjectFolder project(R"({"image":"x"})");
  EXPECT_EQ(project.shortened(configuration_json(read_config(project.options()))),
            R"({"image":"x","configFilePath":{"$mid":1,)"
            R"("fsPath":"R/proj/.devcontainer/devcontainer.json",)"
            R"("path":"R/proj/.devcontainer/devcontainer.json","scheme":"vscode-fileHost"}})");
}

struct Row {
  const char* text;
  const char* expected;
};

// CFG-069..072; edge cases 10 to 12
TEST(ReadConfig, MovesLegacyProperties) {
  const Row rows[] = {
      {R"({"extensions":["old.one","s"],"customizations":{"vscode":{"extensions":["new.one","s"]}}})",
       R"({"customizations":{"vscode":{"extensions":["new.one","s","old.one","s"]}}})"},
      {R"({"settings":{"a":1,"both":"old"},"customizations":{"vscode":{"settings":{"both":"new"}}}})",
       R"({"customizations":{"vscode":{"settings":{"a":1,"both":"new"}}}})"},
      {R"({"devPort":0})", R"({"customizations":{"vscode":{"devPort":0}}})"},
      {R"({"devPort":9000,"customizations":{"vscode":{"devPort":8000}}})",
       R"({"devPort":9000,"customizations":{"vscode":{"devPort":8000}}})"},
      {R"({"extensions":["a"],"image":"x","settings":{"b":1}})",
       R"({"image":"x","customizations":{"vscode":{"extensions":["a"],"settings":{"b":1}}}})"},
      {R"({"codespaces":{"a":1}})", R"({"codespaces":{"a":1}})"},
      {R"({"settings":{"a":1},"customizations":{"vscode":"x"}})",
       R"({"customizations":{"vscode":"x"}})"},
      {R"({"extensions":["a"],"devPort":1,"customizations":5})", R"({"customizations":5})"},
      {R"({"settings":{"a":1},"customizations":{"vscode":null}})",
       R"({"customizations":{"vscode":{"settings":{"a":1}}}})"},
  };
  for (const auto& row : rows) EXPECT_EQ(configuration_of(row.text), row.expected);
}

// VAR-017, VAR-018; edge cases 28, 29, 31
TEST(ReadConfig, SubstitutesInValuesAtAnyDepth) {
  const Row rows[] = {
      {R"({"x":[{"y":["${localEnv:A}",1,null,true]}]})", R"({"x":[{"y":["v",1,null,true]}]})"},
      {R"({"containerEnv":{"${localEnv:A}":"${localEnv:A}"}})",
       R"({"containerEnv":{"${localEnv:A}":"v"}})"},
      {R"({"workspaceFolder":"/w/${localWorkspaceFolderBasename}","name":"${containerWorkspaceFolder}"})",
       R"({"workspaceFolder":"/w/proj","name":"/w/proj"})"},
      {R"({"name":"${containerEnv:X} ${devcontainerId}"})",
       R"({"name":"${containerEnv:X} ${devcontainerId}"})"},
  };
  for (const auto& row : rows) EXPECT_EQ(configuration_of(row.text), row.expected);
}

// VAR-004
TEST(ReadConfig, SaysWhichVariableIsWrong) {
  const ProjectFolder project("{\"a\": [1,\n  \"${localEnv}\"]}");
  const Error error = error_of(project.options());
  EXPECT_EQ(error.code(), "config.variable");
  EXPECT_EQ(error.where().line, 2);
  EXPECT_EQ(error.where().column, 3);
}

// VAR-007, VAR-011, VAR-014
TEST(ReadConfig, GoesThroughTheLaterStages) {
  const ProjectFolder project(
      R"({"name":"${devcontainerId}","workspaceFolder":"/w/${devcontainerId}","x":"${containerEnv:B:d}"})");
  auto document = read_config(project.options());
  document = substitute_devcontainer_id(std::move(document), "ID");
  EXPECT_EQ(document.workspace.container_folder, "/w/ID");
  document = substitute_container_env(std::move(document), {{"B", "b"}});
  EXPECT_EQ(project.configuration(document), R"({"name":"ID","workspaceFolder":"/w/ID","x":"b"})");
}

// VAR-018: only what stands in the configuration is searched for variables
TEST(ReadConfig, TakesAFolderNamedLikeAVariableForAFolder) {
  const ProjectFolder project;
  const std::string folder = "${localEnv:A}";
  project.write(folder + "/.devcontainer/devcontainer.json",
                R"({"image":"x","name":"${containerWorkspaceFolder}"})");
  const auto document = read_config(project.options(Mode::drop_in, folder));
  EXPECT_EQ(
      project.shortened(workspace_json(document)),
      R"({"workspaceFolder":"/workspaces/${localEnv:A}",)"
      R"("workspaceMount":"type=bind,source=R/${localEnv:A},target=/workspaces/${localEnv:A}"})");
  EXPECT_EQ(project.shortened(workspace_json(substitute_devcontainer_id(document, "id"))),
            project.shortened(workspace_json(document)));
}

// CFG-031..038; edge cases 16, 18, 19
TEST(Workspace, FillsWhatTheConfigurationDoesNotSay) {
  const Row rows[] = {
      {R"({"image":"x"})",
       R"({"workspaceFolder":"/workspaces/proj","workspaceMount":"type=bind,source=R/proj,target=/workspaces/proj"})"},
      {R"({"workspaceFolder":"/src/x/"})",
       R"({"workspaceFolder":"/src/x/","workspaceMount":"type=bind,source=R/proj,target=/workspaces/proj"})"},
      {R"({"workspaceMount":"type=bind,source=${localWorkspaceFolder},target=/y"})",
       R"({"workspaceFolder":"/workspaces/proj","workspaceMount":"type=bind,source=R/proj,target=/y"})"},
      {R"({"workspaceMount":"","workspaceFolder":"/w"})",
       R"({"workspaceFolder":"/w","workspaceMount":""})"},
      {R"({"dockerComposeFile":"c.yml","service":"a"})", R"({"workspaceFolder":"/"})"},
      {R"({"dockerComposeFile":"c.yml","workspaceFolder":"/x"})", R"({"workspaceFolder":"/x"})"},
      {R"({"dockerComposeFile":"c.yml","workspaceFolder":""})", R"({"workspaceFolder":""})"},
  };
  for (const auto& row : rows) {
    const ProjectFolder project(row.text);
    EXPECT_EQ(workspace_of(project, project.options()), row.expected) << row.text;
  }
}

// CFG-035; edge case 17
TEST(Workspace, MountsTheGitRoot) {
  ProjectFolder project;
  project.make_repository("repo");
  project.write("repo/packages/app/.devcontainer.json", R"({"name":"${localWorkspaceFolder}"})");
  auto options = project.options(Mode::drop_in, "repo/packages/app");
  EXPECT_EQ(workspace_of(project, options),
            R"({"workspaceFolder":"/workspaces/repo/packages/app",)"
            R"("workspaceMount":"type=bind,source=R/repo,target=/workspaces/repo"})");
  EXPECT_EQ(project.configuration(read_config(options)), R"({"name":"R/repo/packages/app"})");
  options.mount_workspace_git_root = false;
  EXPECT_EQ(workspace_of(project, options),
            R"({"workspaceFolder":"/workspaces/app",)"
            R"("workspaceMount":"type=bind,source=R/repo/packages/app,target=/workspaces/app"})");
}

// CFG-037; edge case 20
TEST(Workspace, QuotesACommaInThePath) {
  for (const auto mode : {Mode::fairlead, Mode::drop_in}) {
    ProjectFolder project;
    project.write("a,b/.devcontainer.json", "{}");
    EXPECT_EQ(read_config(project.options(mode, "a,b")).workspace.mount,
              "type=bind,\"source=" + project.root() + "/a,b\",\"target=/workspaces/a,b\"");
  }
}

TEST(Workspace, AddsTheConsistencyThatIsAskedFor) {
  ProjectFolder project("{}");
  auto options = project.options();
  options.mount_consistency = "cached";
  EXPECT_EQ(project.shortened(*read_config(options).workspace.mount),
            "type=bind,source=R/proj,target=/workspaces/proj,consistency=cached");
}

// CFG-036; edge case 21
TEST(Workspace, MountsTheCommonFolderOfAWorktree) {
  ProjectFolder project;
  project.make_repository("main");
  project.write("main/.git/worktrees/wt/HEAD", "ref: refs/heads/wt\n");
  project.write("main/.git/worktrees/wt/commondir", "../..\n");
  project.write("trees/wt/.git", "gitdir: ../../main/.git/worktrees/wt\n");
  project.write("trees/wt/sub/.devcontainer.json", "{}");
  auto options = project.options(Mode::drop_in, "trees/wt/sub");
  EXPECT_EQ(workspace_of(project, options),
            R"({"workspaceFolder":"/workspaces/wt/sub",)"
            R"("workspaceMount":"type=bind,source=R/trees/wt,target=/workspaces/wt"})");
  options.mount_git_worktree_common_dir = true;
  EXPECT_EQ(
      workspace_of(project, options),
      R"({"workspaceFolder":"/workspaces/trees/wt/sub",)"
      R"("workspaceMount":"type=bind,source=R/trees/wt,target=/workspaces/trees/wt",)"
      R"("additionalMountString":"type=bind,source=R/main/.git,target=/workspaces/main/.git"})");
  project.write("trees/wt/.git", "gitdir: " + project.root() + "/main/.git/worktrees/wt\n");
  EXPECT_FALSE(read_config(options).workspace.additional_mount);
}

TEST(GitRoot, FindsTheRootAsGitDoes) {
  ProjectFolder project;
  project.make_repository("repo");
  project.write("repo/a/b/x", "");
  project.write("repo/nested/.git/config", "");            // no repository: looked over
  project.write("repo/broken/.git", "not a gitdir line");  // git gives up here
  project.write("repo/bare/HEAD", "");
  project.write("repo/bare/objects/x", "");
  project.write("repo/bare/refs/x", "");
  project.write("plain/x", "");
  std::filesystem::create_directory_symlink("repo", project.root() + "/link");
  std::filesystem::create_directory_symlink("repo/a/b", project.root() + "/inside");
  const auto root_of = [&](const std::string& folder, Mode mode) {
    return project.shortened(git_root(project.root() + '/' + folder, mode).value_or("none"));
  };
  const Row rows[] = {{"repo", "R/repo"},      {"repo/a/b", "R/repo"}, {"repo/nested", "R/repo"},
                      {"repo/broken", "none"}, {"repo/bare", "none"},  {"plain", "none"},
                      {"link/a/b", "R/link"},  {"nowhere", "none"},    {"repo/a/b/x", "none"}};
  for (const auto mode : {Mode::fairlead, Mode::drop_in}) {
    for (const auto& row : rows) EXPECT_EQ(root_of(row.text, mode), row.expected) << row.text;
  }
  // A link into a repository: the way up by text leads astray, as it does for the reference.
  EXPECT_EQ(root_of("inside", Mode::fairlead), "R/repo");
  EXPECT_NE(root_of("inside", Mode::drop_in), "R/repo");
}

TEST(ReadConfig, LeavesTheWorkspaceWhereItIsWhenToldSo) {
  const ProjectFolder project(
      R"({"workspaceFolder":"/w","workspaceMount":"type=bind,source=/a,target=/w",
          "remoteEnv":{"AT":"${containerWorkspaceFolder}"}})");
  auto options = project.options();
  options.own_place = true;
  const auto document = read_config(options);
  EXPECT_EQ(document.workspace.container_folder, document.workspace.local_folder);
  EXPECT_FALSE(document.workspace.mount);
  EXPECT_NE(project.configuration(document).find(R"("AT":"R/proj")"), std::string::npos);
}

}  // namespace
}  // namespace fairlead
