// Workspaces of every kind, observed from inside: the same on every runtime, or different as is
// written here. tools/matrix runs all on every engine and makes the table in docs/matrix.md.

#include "fixture.hpp"
#include "matrix_workspaces.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>

namespace fairlead::test {
namespace {

enum class Way { plain, compose };

std::string engine_name() { return variable("FAIRLEAD_TEST_ENGINE"); }
bool on_podman() { return engine_name().starts_with("podman"); }

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

class Matrix : public IntegrationTest,
               public ::testing::WithParamInterface<std::tuple<Way, MatrixWorkspace>> {
 protected:
  std::string target_name() const override { return on_podman() ? "podman" : "docker"; }
  static bool composed() { return std::get<Way>(GetParam()) == Way::compose; }
  static const MatrixWorkspace& wanted() { return std::get<MatrixWorkspace>(GetParam()); }

  void SetUp() override {
    if (composed() && variable("FAIRLEAD_TEST_COMPOSE").empty())
      GTEST_SKIP() << "skipped: no Compose";
    IntegrationTest::SetUp();
  }

  Workspace made() {
    const Workspace project = workspace();
    std::filesystem::permissions(project.folder, std::filesystem::perms::all);
    for (const auto& [path, text] : wanted().files) project.write(path, text);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(project.folder))
      std::filesystem::permissions(entry, std::filesystem::perms::all);
    const auto members = replaced(wanted().members, "WS", project.base());
    const auto rest = members.empty() ? "" : ", " + members;
    if (!composed()) {
      const auto base = wanted().build.empty() ? "\"image\": \"" + wanted().image + '"'
                                               : "\"build\": " + wanted().build;
      write_file(project.config_file(), "{" + base + rest + "}");
      return project;
    }
    const auto base = wanted().compose_build.empty() ? "    image: " + wanted().image
                                                     : "    build: " + wanted().compose_build;
    project.write(".devcontainer/compose.yml",
                  "services:\n  app:\n" + base +
                      "\n    command: sleep infinity\n    stop_grace_period: 0s\n    volumes:\n"
                      "      - ..:" +
                      project.inside() + "\n");
    const auto folder = rest.find("workspaceFolder") == std::string::npos
                            ? ", \"workspaceFolder\": \"" + project.inside() + '"'
                            : "";
    write_file(project.config_file(),
               R"({"dockerComposeFile": "compose.yml", "service": "app")" + folder + rest + "}");
    return project;
  }

  RunResult with_compose(RunRequest request) const {
    request.environment["FAIRLEAD_PLUGINS__COMPOSE__COMPOSE_PATH"] =
        variable("FAIRLEAD_TEST_COMPOSE");
    request.timeout = milliseconds(120'000);
    return run(std::move(request));
  }

  void record(const std::string& seen) const {
    const auto file = variable("FAIRLEAD_MATRIX_RESULTS");
    if (file.empty()) return;
    std::ofstream(file, std::ios::app)
        << (composed() ? "compose " : "") << engine_name() << '\t' << wanted().name << '\t'
        << replaced(seen, "\n", "; ") << '\n';
  }

  static std::string expected() {
    for (const auto& [engine, text] : wanted().differs) {
      if (engine_name().starts_with(engine)) return text;
    }
    return wanted().expected;
  }
};

TEST_P(Matrix, LooksTheSameInside) {
  allow_processes_inside();
  if (composed() && !wanted().composes) GTEST_SKIP() << "skipped: Compose has no such thing";
  test_run().set("MATRIX_LOCAL", "from outside");
  const Workspace project = made();
  const RunResult up = with_compose(this->up(project));
  ASSERT_EQ(up.exit_code, 0) << up.text();
  const RunResult seen = with_compose(exec(project, {"sh", "-c", wanted().script}));
  const auto said = replaced(seen.out, project.base(), "WS");
  EXPECT_EQ(said, expected()) << seen.text();
  record(said);
  const RunResult down = with_compose(
      fairlead({"down", "--volumes", "--images", "--workspace-folder", project.folder.string()}));
  EXPECT_EQ(down.exit_code, 0) << down.text();
}

std::string name_of(const ::testing::TestParamInfo<Matrix::ParamType>& info) {
  auto name = std::get<MatrixWorkspace>(info.param).name;
  std::ranges::replace(name, '-', '_');
  return (std::get<Way>(info.param) == Way::compose ? "compose_" : "") + lower(name);
}

INSTANTIATE_TEST_SUITE_P(All, Matrix,
                         ::testing::Combine(::testing::Values(Way::plain, Way::compose),
                                            ::testing::ValuesIn(matrix_workspaces())),
                         name_of);

}  // namespace
}  // namespace fairlead::test
