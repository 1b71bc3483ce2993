// The same ten workspaces on a host as locally, on every runtime there and on the bare host
// itself. All of them: `with-hosts --engine build/release/bin/host_matrix_tests`; a few belong to
// the usual tests.

#include "matrix_workspaces.hpp"
#include "ssh_host_fixture.hpp"

#include <algorithm>
#include <array>

namespace fairlead::test {
namespace {

enum class Runtime { docker, compose, podman, bare };

constexpr std::array<const char*, 10> chosen = {
    "image",           "dockerfile",         "dockerfile-context",
    "feature-option",  "features-in-order",  "feature-environment",
    "hooks-order",     "hooks-side-by-side", "hooks-words",
    "remote-user-root"};

std::vector<MatrixWorkspace> chosen_workspaces() {
  std::vector<MatrixWorkspace> found;
  for (const auto& workspace : matrix_workspaces()) {
    if (std::ranges::find(chosen, workspace.name) != chosen.end()) found.push_back(workspace);
  }
  return found;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

std::string word(Runtime runtime) {
  constexpr std::array names = {"docker", "compose", "podman", "bare"};
  return names.at(static_cast<std::size_t>(runtime));
}

class HostMatrix : public SshWorkspaceTest,
                   public ::testing::WithParamInterface<std::tuple<Runtime, MatrixWorkspace>> {
 protected:
  static Runtime runtime() { return std::get<Runtime>(GetParam()); }
  static const MatrixWorkspace& wanted() { return std::get<MatrixWorkspace>(GetParam()); }

  void SetUp() override {
    const bool by_root = runtime() == Runtime::podman || runtime() == Runtime::bare;
    enter_where(needs(), word(runtime()), by_root ? "root" : "box");
    if (runtime() == Runtime::podman) usual_ = {"--backend", "podman"};
    if (runtime() == Runtime::bare) usual_ = {"--backend", "ssh-remote"};
  }
  void TearDown() override {
    if (there_) on_host("down");
    SshWorkspaceTest::TearDown();
  }

  static std::string needs() {
    switch (runtime()) {
      case Runtime::docker:
        return docker_there;
      case Runtime::compose:
        return std::string(docker_there) + " && docker-compose version";
      case Runtime::podman:
        return "command -v podman >/dev/null && test -S /var/run/docker.sock || exit 9\n"
               "for i in busybox user; do\n"
               "  podman image exists docker.io/fairlead-test/$i && continue\n"
               "  docker save fairlead-test/$i | podman load -q && podman tag"
               " localhost/fairlead-test/$i docker.io/fairlead-test/$i || exit 9\n"
               "done";
      case Runtime::bare:
        break;
    }
    return "true";
  }

  std::string inside() const { return "/workspaces/" + test_run_name(); }
  std::string test_run_name() const { return folder_.substr(folder_.rfind('/') + 1); }

  void make() {
    for (const auto& [path, text] : wanted().files) put(path, text);
    const auto members = replaced(wanted().members, "WS", test_run_name());
    const auto rest = members.empty() ? "" : ", " + members;
    if (runtime() != Runtime::compose) {
      return configure((wanted().build.empty() ? "\"image\": \"" + wanted().image + '"'
                                               : "\"build\": " + wanted().build) +
                       rest);
    }
    put(".devcontainer/compose.yml",
        "version: '3.3'\nservices:\n  app:\n" +
            (wanted().compose_build.empty() ? "    image: " + wanted().image
                                            : "    build: " + wanted().compose_build) +
            "\n    command: sleep 10000\n    volumes:\n      - ..:" + inside() + "\n");
    configure(R"("dockerComposeFile": "compose.yml", "service": "app", "workspaceFolder": ")" +
              inside() + '"' + rest);
  }

  /// On the bare host the folder is where it is.
  std::string expected() const {
    const auto folder = runtime() == Runtime::bare ? folder_ : inside();
    return replaced(wanted().expected, "/workspaces/WS", folder);
  }
};

TEST_P(HostMatrix, LooksTheSameAsLocally) {
  make();
  const auto up = on_host("up", {"--wait"});
  if (runtime() == Runtime::bare && !wanted().build.empty()) {
    EXPECT_NE(up.text().find("backend.capability"), std::string::npos) << up.text();
    return;
  }
  ASSERT_EQ(up.exit_code, 0) << up.text();
  const auto seen = on_host("exec", {"sh", "-c", wanted().script});
  EXPECT_EQ(seen.out, expected()) << seen.text();
  const auto images = runtime() == Runtime::bare ? std::vector<std::string>{}
                                                 : std::vector<std::string>{"--images"};
  const auto down = on_host("down", images);
  EXPECT_EQ(down.exit_code, 0) << down.text();
  EXPECT_EQ(masters().size(), 1U);
  shell(*there_, "rm -rf /feature /order /opt/f /etc/profile.d/fairlead-features.sh");
}

std::string name_of(const ::testing::TestParamInfo<HostMatrix::ParamType>& info) {
  auto name = std::get<MatrixWorkspace>(info.param).name;
  std::ranges::replace(name, '-', '_');
  return word(std::get<Runtime>(info.param)) + '_' + name;
}

INSTANTIATE_TEST_SUITE_P(All, HostMatrix,
                         ::testing::Combine(::testing::Values(Runtime::docker, Runtime::compose,
                                                              Runtime::podman, Runtime::bare),
                                            ::testing::ValuesIn(chosen_workspaces())),
                         name_of);

}  // namespace
}  // namespace fairlead::test
