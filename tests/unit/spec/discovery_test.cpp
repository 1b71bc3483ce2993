#include "project_folder.hpp"

#include <fairlead/discovery.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace fairlead {
namespace {

using spec_test::ProjectFolder;

constexpr const char* python_file = "proj/.devcontainer/python/devcontainer.json";
constexpr const char* node_file = "proj/.devcontainer/node/devcontainer.json";

std::string code_of(const ReadOptions& options) {
  try {
    read_config(options);
    return {};
  } catch (const Error& error) {
    return error.code();
  }
}

std::string found(const ProjectFolder& project, const std::string& folder = "proj") {
  const auto choice = find_configs(project.options(Mode::fairlead, folder));
  std::string out;
  for (std::size_t i = 0; i < choice.candidates.size(); ++i) {
    const auto& one = choice.candidates[i];
    out += (choice.usual == i ? "*" : "") + one.config_file + " of " + one.workspace_folder + '\n';
  }
  return project.shortened(out);
}

// CFG-001..004: the default place is taken, named ones can be listed
TEST(Discovery, ListsAllAndTakesTheDefaultPlace) {
  ProjectFolder project(R"({"name":"folder"})");
  project.write(python_file, R"({"name":"python"})");
  project.write("proj/.devcontainer/python/deep/devcontainer.json", "{}");
  EXPECT_EQ(found(project),
            "*R/proj/.devcontainer/devcontainer.json of R/proj\n"
            "R/proj/.devcontainer/python/devcontainer.json of R/proj\n");
  EXPECT_EQ(project.configuration(read_config(project.options(Mode::fairlead))),
            R"({"name":"folder"})");
}

// CFG-003: the third place counts in the text's own words, not for the reference
TEST(Discovery, TakesTheOnlyNamedConfiguration) {
  ProjectFolder project;
  project.write(python_file, R"({"name":"python"})");
  EXPECT_EQ(project.configuration(read_config(project.options(Mode::fairlead))),
            R"({"name":"python"})");
  EXPECT_EQ(code_of(project.options(Mode::drop_in)), "config.not_found");
}

// CFG-004
TEST(Discovery, AsksWhichOfSeveralNamedConfigurations) {
  ProjectFolder project;
  project.write(python_file, R"({"name":"python"})");
  project.write(node_file, R"({"name":"node"})");
  auto options = project.options(Mode::fairlead);
  try {
    read_config(options);
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "config.several");
    EXPECT_EQ(project.shortened(error.hint()),
              "choose one with --config:\n"
              "    R/proj/.devcontainer/node/devcontainer.json\n"
              "    R/proj/.devcontainer/python/devcontainer.json");
  }
  EXPECT_EQ(code_of(project.options(Mode::drop_in)), "config.not_found");
  options.config = "proj/.devcontainer/node/devcontainer.json";
  EXPECT_EQ(project.configuration(read_config(options)), R"({"name":"node"})");
}

// CFG-009: an override needs no file to stand for
TEST(Discovery, AnOverrideNeedsNoChoice) {
  ProjectFolder project;
  project.write(python_file, "{}");
  project.write(node_file, "{}");
  project.write("over.json", R"({"name":"over"})");
  auto options = project.options(Mode::fairlead);
  options.override_config = "over.json";
  const auto document = read_config(options);
  EXPECT_EQ(project.shortened(document.config_file), "R/proj/.devcontainer/devcontainer.json");
}

TEST(Discovery, FindsNothingInAnEmptyFolder) {
  const ProjectFolder project;
  EXPECT_EQ(found(project), "");
  EXPECT_EQ(code_of(project.options(Mode::fairlead)), "config.not_found");
}

// ---------------------------------------------------------------------------- .code-workspace

class WorkspaceFiles : public testing::Test {
 protected:
  WorkspaceFiles() {
    project_.write("w/all.code-workspace", R"({
      "folders": [{"path": "a"}, {"path": "../b"}, {"path": "../gone"},
                  {"uri": "vscode-vfs://github/x/y"}, {"path": "../b/"}], // twice
    })");
    project_.write("w/a/x", "");
    project_.write("b/x", "");
  }
  ReadOptions options(Mode mode = Mode::fairlead) const {
    return project_.options(mode, "w/all.code-workspace");
  }
  std::string mounts(const ReadOptions& read) const {
    std::string out;
    for (const auto& one : root_mounts(read, read_config(read).workspace)) out += one + '\n';
    return project_.shortened(out);
  }
  ProjectFolder project_;
};

// CFG-010
TEST_F(WorkspaceFiles, MountsEveryRootOnce) {
  project_.write("w/.devcontainer/devcontainer.json", R"({"image":"i"})");
  const auto document = read_config(options());
  EXPECT_EQ(project_.shortened(workspace_json(document.workspace)),
            R"({"workspaceFolder":"/workspaces/w",)"
            R"("workspaceMount":"type=bind,source=R/w,target=/workspaces/w"})");
  EXPECT_EQ(mounts(options()), "type=bind,source=R/b,target=/workspaces/b\n");
  ASSERT_EQ(document.advice.size(), 2U);
  EXPECT_EQ(project_.shortened(document.advice[0].message), "the folder R/gone is not there");
  EXPECT_EQ(document.advice[0].where.line, 2);
}

TEST_F(WorkspaceFiles, ListsTheRootsConfigurations) {
  project_.write("w/a/.devcontainer.json", R"({"name":"a"})");
  project_.write("b/.devcontainer/devcontainer.json", R"({"name":"b"})");
  EXPECT_EQ(found(project_, "w/all.code-workspace"),
            "R/w/a/.devcontainer.json of R/w/a\n"
            "R/b/.devcontainer/devcontainer.json of R/b\n");
  EXPECT_EQ(code_of(options()), "config.several");
}

TEST_F(WorkspaceFiles, AChosenRootIsTheWorkspaceFolder) {
  project_.write("w/a/.devcontainer.json", R"({"name":"a"})");
  project_.write("b/.devcontainer/devcontainer.json", R"({"name":"b"})");
  auto chosen = options();
  chosen.config = "b/.devcontainer/devcontainer.json";
  const auto document = read_config(chosen);
  EXPECT_EQ(project_.shortened(document.workspace.local_folder), "R/b");
  EXPECT_EQ(mounts(chosen), "type=bind,source=R/w/a,target=/workspaces/w/a\n");
}

TEST_F(WorkspaceFiles, TakesTheOnlyRootWithAConfiguration) {
  project_.write("b/.devcontainer/devcontainer.json", R"({"name":"b"})");
  EXPECT_EQ(project_.shortened(read_config(options()).workspace.local_folder), "R/b");
}

TEST_F(WorkspaceFiles, AFileBesideItIsForTheWhole) {
  project_.write("w/.devcontainer.json", R"({"name":"w"})");
  project_.write("b/.devcontainer/devcontainer.json", R"({"name":"b"})");
  EXPECT_EQ(project_.configuration(read_config(options())), R"({"name":"w"})");
}

TEST_F(WorkspaceFiles, NoMountMeansNone) {
  project_.write("w/.devcontainer.json", R"({"workspaceMount":"","workspaceFolder":"/w"})");
  EXPECT_EQ(mounts(options()), "");
}

TEST_F(WorkspaceFiles, ReportsAFaultInTheFile) {
  project_.write("w/all.code-workspace", R"({"folders": [)");
  EXPECT_EQ(code_of(options()), "config.syntax");
}

TEST_F(WorkspaceFiles, TheReferenceKnowsTheFolderOnly) {
  project_.write("b/.devcontainer/devcontainer.json", R"({"name":"b"})");
  EXPECT_EQ(code_of(options(Mode::drop_in)), "config.not_found");
}

}  // namespace
}  // namespace fairlead
