// Commands that the server runs print what they print by themselves.

#include "fixture.hpp"
#include "support/wait.hpp"

#include <sched.h>
#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <memory>
#include <thread>
#include <vector>

namespace fairlead::test {
namespace {

using namespace std::chrono_literals;

class ByServer : public DockerTest {
 protected:
  void TearDown() override {
    stop_server();
    DockerTest::TearDown();
  }

  static RunRequest by_server(RunRequest request) {
    request.argv.insert(request.argv.begin() + 1, "--server");
    return request;
  }
  void expect_same(const RunRequest& request) {
    const auto alone = run(request);
    const auto served = run(by_server(request));
    EXPECT_EQ(served.out, alone.out) << served.text();
    EXPECT_EQ(served.err, alone.err) << served.text();
    EXPECT_EQ(served.exit_code, alone.exit_code) << served.text();
  }
  pid_t server() {
    const auto lock = test_run().below("run") / "fairlead/server.lock";
    return std::filesystem::exists(lock) ? std::stoi(read_file(lock)) : 0;
  }
  void stop_server() {
    const auto process = server();
    if (process <= 1) return;
    ::kill(process, SIGTERM);
    EXPECT_TRUE(wait_until(60s, [&] { return ::kill(process, 0) != 0; }));
  }
};

/// A folder and a umask for a thread alone, which most containers forbid.
bool may_unshare() {
  bool may = false;
  std::thread([&] { may = ::unshare(CLONE_FS) == 0 || errno != EPERM; }).join();
  return may;
}

TEST_F(ByServer, PrintsTheSameAndEndsTheSame) {
  const auto project = workspace(R"("onCreateCommand": "echo made")");
  const auto up = run(by_server(own_up(project)));
  ASSERT_EQ(up.exit_code, 0) << up.text();
  EXPECT_NE(up.out.find(R"("outcome":"success")"), std::string::npos) << up.text();
  const auto folder = project.folder.string();
  expect_same(fairlead({"read-configuration", "--workspace-folder", folder}));
  expect_same(fairlead({"list", "--json"}));
  expect_same(fairlead({"nonsense"}));
  expect_same(fairlead({"up", "--workspace-folder", "/no/such/folder"}));
  expect_same(fairlead(
      {"exec", "--workspace-folder", folder, "--", "sh", "-c", "echo out; echo err >&2; exit 3"}));
  auto input = fairlead({"exec", "--workspace-folder", folder, "--", "cat"});
  input.input = std::string(1 << 20, 'x');
  expect_same(input);
}

TEST_F(ByServer, RunsWhereItsClientIsAndWithItsUmask) {
  if (!may_unshare()) GTEST_SKIP() << "skipped: unshare is forbidden here";
  const auto project = workspace(R"("initializeCommand": "umask; touch made")");
  const auto from_inside = [&] {
    auto request = own_up(project);
    std::ranges::replace(request.argv, project.folder.string(), std::string("."));
    request.directory = project.folder;
    return request;
  };
  auto alone = from_inside();
  alone.argv.insert(alone.argv.begin(), {"/bin/sh", "-c", "umask 027; exec \"$0\" \"$@\""});
  auto served = alone;
  served.argv.insert(served.argv.begin() + 4, "--server");
  const auto made = project.folder / "made";
  const auto rights = [&] {
    const auto found = std::filesystem::status(made).permissions();
    std::filesystem::remove(made);
    return found;
  };
  const auto one = run(alone);
  const auto rights_of_one = rights();
  const auto two = run(served);
  EXPECT_EQ(one.exit_code, 0) << one.text();
  EXPECT_EQ(two.exit_code, 0) << two.text();
  EXPECT_NE(two.err.find("0027"), std::string::npos) << two.text();
  EXPECT_EQ(rights(), rights_of_one);
  const auto other = run(by_server(from_inside()));  // the next client has its own
  EXPECT_EQ(other.err.find("0027"), std::string::npos) << other.text();
}

TEST_F(ByServer, EndsACommandWhoseClientIsKilled) {
  const auto project = workspace();
  ASSERT_EQ(run(by_server(own_up(project))).exit_code, 0);
  {
    auto request = by_server(fairlead({"exec", "--workspace-folder", project.folder.string(), "--",
                                       "sh", "-c", "echo runs; exec sleep 4242"}));
    ChildProcess client(request);
    ASSERT_TRUE(client.wait_for_output("runs", 60s));
    client.signal(SIGKILL);
    client.finish();
  }
  EXPECT_TRUE(wait_until(
      60s, [&] { return must_exec(project, "ps | grep -c '[s]leep 4242' || true") == "0\n"; }));
}

TEST_F(ByServer, StartsAgainAfterItWasKilled) {
  const auto version = fairlead({"--version"});
  ASSERT_EQ(run(by_server(version)).exit_code, 0);
  const auto first = server();
  ASSERT_GT(first, 1);
  ::kill(first, SIGKILL);
  expect_same(version);
  EXPECT_NE(server(), first);
}

TEST_F(ByServer, KilledInTheMiddleOfUpLeavesWhatTheNextUpFinishes) {
  const auto project = workspace(R"("onCreateCommand": "test -e go || sleep 300; touch made")");
  ChildProcess client(by_server(own_up(project)));
  ASSERT_TRUE(wait_until(60s, [&] { return !instances().empty() && server() > 1; }));
  ::kill(server(), SIGKILL);
  const auto ended = client.finish();
  EXPECT_EQ(ended.exit_code, 1) << ended.text();
  EXPECT_NE(ended.err.find("The server ended before the command did."), std::string::npos)
      << ended.text();
  project.write("go", "");
  const auto again = run(by_server(own_up(project)));
  EXPECT_EQ(again.exit_code, 0) << again.text();
  EXPECT_EQ(instances().size(), 1U);
  EXPECT_EQ(must_exec(project, "ls made"), "made\n");
}

TEST_F(ByServer, IsStartedOnceHoweverManyStartIt) {
  const auto version = by_server(fairlead({"--version"}));
  std::vector<std::unique_ptr<ChildProcess>> clients;
  for (int i = 0; i < 4; ++i) clients.push_back(std::make_unique<ChildProcess>(version));
  const auto expected = run(fairlead({"--version"})).out;
  for (auto& client : clients) EXPECT_EQ(client->finish().out, expected);
  const auto first = server();
  EXPECT_EQ(run(version).out, expected);
  EXPECT_EQ(server(), first);
}

}  // namespace
}  // namespace fairlead::test
