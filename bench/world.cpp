#include "world.hpp"

#include "support/files.hpp"
#include "support/json.hpp"

#include <stdexcept>

namespace fairlead::bench {
namespace {

namespace fs = std::filesystem;

/// The newest client at hand: the one the figures are about is 28.
std::string find_docker() {
  const std::string chosen = test::variable("FAIRLEAD_BENCH_DOCKER");
  if (!chosen.empty()) return chosen;
  const fs::path buildx = test::variable("FAIRLEAD_TEST_BUILDX");
  const fs::path beside = buildx.parent_path().parent_path() / "bin/docker";
  if (!buildx.empty() && fs::exists(beside)) return beside;
  return fs::exists("/usr/local/bin/docker") ? "/usr/local/bin/docker" : "/usr/bin/docker";
}

std::string find_reference() {
  const std::string path = test::variable("FAIRLEAD_TEST_REFERENCE_CLI");
  return !path.empty() ? path : test::variable("FAIRLEAD_REFERENCE_CLI");
}

}  // namespace

World::World()
    : fairlead(test::fairlead_binary()),
      devcontainer(test::devcontainer_binary()),
      reference(find_reference()),
      docker(find_docker()),
      engine_(test::variable("DOCKER_HOST")) {
  if (!engine_.answers()) throw std::runtime_error("no engine answers at DOCKER_HOST");
  if (!engine_.has_image(test::base_image)) {
    throw std::runtime_error("the engine has no image " + test::base_image);
  }
  run_.set("FAIRLEAD_BACKEND", "docker");
  docker_version = must({docker, "version", "--format", "{{.Client.Version}}"}).out;
}

World::~World() { test::make_target("docker")->clean(run_); }

fs::path World::workspace(const std::string& name) {
  const fs::path folder = run_.below("work") / (name + "-" + run_.id());
  test::write_file(folder / ".devcontainer/devcontainer.json",
                   "{\"image\": \"" + test::base_image + "\"}\n");
  return folder;
}

test::RunResult World::must(std::vector<std::string> argv) {
  test::RunResult result = test::run({.argv = argv,
                                      .environment = run_.environment(),
                                      .directory = run_.below("work").string(),
                                      .timeout = std::chrono::minutes(3)});
  if (result.exit_code != 0) throw std::runtime_error(argv[0] + " failed: " + result.text());
  return result;
}

std::string World::container_of(const test::RunResult& up) {
  return test::json_at(up.out, "/containerId");
}

std::string World::create_body(const fs::path& workspace) const {
  const std::string script =
      "echo Container started\ntrap \"exit 0\" 15\nexec \"$@\"\n"
      "while sleep 1 & wait $!; do :; done";
  return R"({"Image":")" + test::base_image + R"(","Entrypoint":["/bin/sh"],"Cmd":["-c",)" +
         test::json_quote(script) + R"(,"-"],"Labels":{"devcontainer.local_folder":)" +
         test::json_quote(workspace) + R"(},"HostConfig":{"Mounts":[{"Type":"bind","Source":)" +
         test::json_quote(workspace) + R"(,"Target":"/workspaces/bench"}]}})";
}

}  // namespace fairlead::bench
