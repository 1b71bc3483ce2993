#include "fixture.hpp"

#include "support/wait.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>

#include <map>

namespace fairlead::test {
namespace {

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += "  " + line + "\n";
  return text;
}

RunRequest request_of(const std::string& program, std::vector<std::string> words,
                      const TestRun& run) {
  words.insert(words.begin(), program);
  return {.argv = std::move(words),
          .environment = run.environment(),
          .directory = run.below("work").string()};
}

/// The same tests, with the commands run by the background process.
bool by_server() { return !variable("FAIRLEAD_TEST_BY_SERVER").empty(); }

}  // namespace

void Workspace::configure(const std::string& members) const {
  const std::string more = members.empty() ? "" : ",\n  " + members;
  write_file(config_file(), "{\n  \"image\": \"" + base_image + "\"" + more + "\n}\n");
}

void IntegrationTest::SetUp() {
  target_ = make_target(target_name());
  run_ = std::make_unique<TestRun>();
  if (const std::string why = target_->missing(); !why.empty()) {
    GTEST_SKIP() << "skipped: " << why;
  }
  target_->configure(*run_);
  run_->set("FAIRLEAD_TRUST", "always");
  guard_.emplace(*run_);
}

void IntegrationTest::TearDown() {
  if (!guard_) return;
  if (by_server()) end_servers();
  check_inside();
  target_->clean(*run_);
  EXPECT_TRUE(instances().empty()) << "containers could not be removed";
  const auto leaks = guard_->leaks();
  EXPECT_TRUE(leaks.empty()) << "left behind:\n" << joined(leaks);
}

/// Those of all users that the test ran as.
void IntegrationTest::end_servers() const {
  for (const auto& entry : std::filesystem::directory_iterator(run_->folder())) {
    const auto lock = entry.path() / "fairlead/server.lock";
    if (!std::filesystem::exists(lock)) continue;
    const UniqueFd file(::open(lock.c_str(), O_RDONLY | O_CLOEXEC));
    const auto has_ended = [&] { return ::flock(file.get(), LOCK_EX | LOCK_NB) == 0; };
    if (!has_ended()) ::kill(std::stoi(read_file(lock)), SIGTERM);
    EXPECT_TRUE(wait_until(milliseconds(60'000), has_ended)) << lock;
  }
}

void IntegrationTest::check_inside() const {
  std::map<std::string, int> per_workspace;
  for (const TargetInstance& instance : instances()) ++per_workspace[instance.folder];
  for (const auto& [folder, count] : per_workspace) {
    EXPECT_EQ(count, 1) << "containers of " << folder;
  }
  if (processes_inside_allowed_) return;
  for (const std::string& process : target_->processes(*run_)) {
    EXPECT_TRUE(is_keep_alive(process)) << "left running inside: " << process;
  }
}

Workspace IntegrationTest::workspace(const std::string& members, const std::string& name) {
  Workspace made{run_->below("work") / (name + "-" + run_->id())};
  made.configure(members);
  return made;
}

RunRequest IntegrationTest::fairlead(std::vector<std::string> words) const {
  if (by_server()) words.insert(words.begin(), "--server");
  return request_of(fairlead_binary(), std::move(words), *run_);
}

RunRequest IntegrationTest::devcontainer(std::vector<std::string> words) const {
  if (by_server()) words.insert(words.begin(), "--server");
  return request_of(devcontainer_binary(), std::move(words), *run_);
}

RunRequest IntegrationTest::with_program(const std::string& program, RunRequest request) {
  request.argv[0] = program;
  const bool ours = program == fairlead_binary() || program == devcontainer_binary();
  if (!ours && request.argv.at(1) == "--server") request.argv.erase(request.argv.begin() + 1);
  return request;
}

RunRequest IntegrationTest::up(const Workspace& workspace, std::vector<std::string> more) const {
  std::vector<std::string> words = {"up", "--workspace-folder", workspace.folder.string()};
  words.insert(words.end(), more.begin(), more.end());
  return devcontainer(std::move(words));
}

RunRequest IntegrationTest::exec(const Workspace& workspace,
                                 const std::vector<std::string>& command) const {
  std::vector<std::string> words = {"exec", "--workspace-folder", workspace.folder.string()};
  words.insert(words.end(), command.begin(), command.end());
  return devcontainer(std::move(words));
}

std::string IntegrationTest::must_up(const Workspace& workspace) {
  const RunResult result = run(up(workspace));
  EXPECT_EQ(result.exit_code, 0) << result.text();
  if (result.exit_code != 0) return {};
  EXPECT_EQ(json_at(result.out, "/outcome"), "success") << result.text();
  return json_at(result.out, "/containerId");
}

RunRequest IntegrationTest::own_up(const Workspace& workspace) const {
  return fairlead({"up", "--json", "--wait", "--workspace-folder", workspace.folder.string()});
}

std::string IntegrationTest::must_own_up(const Workspace& workspace) {
  const RunResult result = run(own_up(workspace));
  EXPECT_EQ(result.exit_code, 0) << result.text();
  return result.exit_code == 0 ? json_at(result.out, "/containerId") : "";
}

std::string IntegrationTest::must_exec(const Workspace& workspace, const std::string& script) {
  const RunResult result = run(exec(workspace, {"sh", "-c", script}));
  EXPECT_EQ(result.exit_code, 0) << result.text();
  return result.out;
}

std::string reference_cli() {
  const std::string path = variable("FAIRLEAD_TEST_REFERENCE_CLI");
  return !path.empty() ? path : variable("FAIRLEAD_REFERENCE_CLI");
}

}  // namespace fairlead::test
