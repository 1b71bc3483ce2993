// Forwards against a real engine, used through real sockets.

#include "forwards_fixture.hpp"

#include <algorithm>
#include <fstream>

namespace fairlead::test {
namespace {

class Ports : public ForwardsTest {};

// PORT-001, PORT-002, PORT-005, PORT-010
TEST_F(Ports, ForwardsWhatTheConfigurationNames) {
  const Workspace project =
      workspace(R"("forwardPorts": [18080], "portsAttributes": {"18080": {"label": "the app"}})");
  const RunResult up = run(on(project, {"up", "--json", "--set", "port_detection=never"}));
  ASSERT_EQ(up.exit_code, 0) << up.text();
  const int port = port_at(up.out, "/forwards/0/localPort");
  ASSERT_GT(port, 0) << up.out;
  EXPECT_EQ(json_at(up.out, "/forwards/0/label"), "the app");
  EXPECT_EQ(json_at(up.out, "/forwards/0/localAddress"), "127.0.0.1");
  serve_inside(project, "0.0.0.0:18080");
  EXPECT_TRUE(serves(port, "hello from inside"));
  const auto id = json_at(up.out, "/containerId");
  const auto published = json_at(engine().inspect(id), "/HostConfig/PortBindings");
  EXPECT_TRUE(published == "{}" || published == "null") << published;
  const RunResult list = must({"ports", "--json"});
  EXPECT_EQ(port_at(list.out, "/environments/0/forwards/0/localPort"), port);
  EXPECT_EQ(json_at(list.out, "/environments/0/forwards/0/route"), "direct") << list.out;
  EXPECT_EQ(run(on(project, {"stop"})).exit_code, 0);
  EXPECT_FALSE(net::connect_tcp(port));
}

TEST_F(Ports, ComeBackAfterARestartAndAfterAKill) {
  const Workspace project = workspace(R"("forwardPorts": [18081])");
  const RunResult up = run(on(project, {"up", "--json"}));
  ASSERT_EQ(up.exit_code, 0) << up.text();
  const int port = port_at(up.out, "/forwards/0/localPort");
  serve_inside(project, "0.0.0.0:18081");
  ASSERT_TRUE(serves(port, "hello"));
  const auto id = json_at(up.out, "/containerId");
  engine().request("POST", "/containers/" + id + "/restart?t=0");
  serve_inside(project, "0.0.0.0:18081", "after the restart");
  EXPECT_TRUE(serves(port, "after the restart"));

  const int pid = server_pid();
  ASSERT_GT(pid, 0);
  ASSERT_EQ(::kill(pid, SIGKILL), 0);
  ASSERT_TRUE(wait_until(patience, [&] { return !net::connect_tcp(port); }));
  const RunResult list = must({"ports", "--json"});
  EXPECT_EQ(port_at(list.out, "/environments/0/forwards/0/localPort"), port) << list.text();
  EXPECT_TRUE(serves(port, "after the restart"));
}

TEST_F(Ports, EndWithTheContainer) {
  const Workspace project = workspace(R"("forwardPorts": [18082])");
  const RunResult up = run(on(project, {"up", "--json"}));
  const int port = port_at(up.out, "/forwards/0/localPort");
  serve_inside(project, "0.0.0.0:18082");
  ASSERT_TRUE(serves(port, "hello"));
  must_exec(project, "dd if=/dev/zero of=/www/large bs=1048576 count=64 2>/dev/null");
  const auto transfer = net::connect_tcp(port);
  net::send_all(transfer, "GET /large HTTP/1.0\r\n\r\n");
  EXPECT_FALSE(net::receive(transfer, 1000).empty());
  engine().remove_container(json_at(up.out, "/containerId"));  // in the middle, by somebody else
  EXPECT_LT(net::receive_all(transfer).size(), std::size_t{64} << 20U);
  // Nobody made another one: what waited for it goes, and the listing with it.
  EXPECT_TRUE(wait_until(patience, [&] { return !net::connect_tcp(port); }));
}

TEST_F(Ports, WaitWhileTheContainerIsPaused) {
  const Workspace project = workspace(R"("forwardPorts": [18086])");
  const RunResult up = run(on(project, {"up", "--json"}));
  const int port = port_at(up.out, "/forwards/0/localPort");
  const auto path = "/containers/" + json_at(up.out, "/containerId");
  serve_inside(project, "0.0.0.0:18086");
  ASSERT_TRUE(serves(port, "hello"));
  must_exec(project, "dd if=/dev/zero of=/www/large bs=1048576 count=64 2>/dev/null");
  const auto transfer = net::connect_tcp(port);
  net::send_all(transfer, "GET /large HTTP/1.0\r\n\r\n");
  const auto begin = net::receive(transfer, 1000);
  engine().request("POST", path + "/pause");
  const auto stalled = get_when(port, [&] { engine().request("POST", path + "/unpause"); });
  EXPECT_NE(stalled.find("hello"), std::string::npos);
  const auto head = begin.find("\r\n\r\n") + 4;
  EXPECT_EQ(begin.size() - head + net::receive_all(transfer).size(), std::size_t{64} << 20U);
}

TEST_F(Ports, SaysWhoHasAPortThatIsRequired) {  // PORT-012
  const auto other = net::listen_tcp();
  const auto port = std::to_string(net::port_of(other));
  const Workspace project =
      workspace(R"("forwardPorts": [)" + port + R"(], "portsAttributes": {")" + port +
                R"(": {"requireLocalPort": true}})");
  const RunResult up = run(on(project, {"up", "--json", "--set", "port_detection=never"}));
  EXPECT_EQ(up.exit_code, 0);
  EXPECT_NE(up.err.find("Port " + port + " of this machine is required but taken by "),
            std::string::npos)
      << up.text();
  EXPECT_EQ(json_at(up.out, "/forwards"), "[]");
}

TEST_F(Ports, ForwardOnDemandInTheForeground) {  // PORT-005, VSC-015
  const Workspace project = workspace();
  must_own_up(project);
  serve_inside(project, "0.0.0.0:18083");
  const auto other = net::listen_tcp();
  const auto taken = std::to_string(net::port_of(other));
  ChildProcess forward(on(project, {"forward", "--json", "18083:" + taken}));
  ASSERT_TRUE(forward.wait_for_output("}\n", patience)) << forward.err();
  const int port = port_at(forward.out(), "/localPort");
  EXPECT_NE(port, net::port_of(other));
  EXPECT_NE(forward.err().find("Port " + taken + " is taken by "), std::string::npos);
  EXPECT_TRUE(serves(port, "hello"));
  forward.signal(SIGINT);
  const RunResult end = forward.finish();
  EXPECT_EQ(end.exit_code, 0) << end.text();
  EXPECT_FALSE(net::connect_tcp(port));
}

TEST_F(Ports, ForwardOnDemandInTheBackground) {  // VSC-015
  const Workspace project = workspace();
  must_own_up(project);
  serve_inside(project, "0.0.0.0:18084");
  const RunResult forward = run(on(project, {"forward", "--background", "--json", "18084:0"}));
  ASSERT_EQ(forward.exit_code, 0) << forward.text();
  const int port = port_at(forward.out, "/localPort");
  EXPECT_TRUE(serves(port, "hello"));
  const RunResult wrong = run(on(project, {"unforward", "1"}));
  EXPECT_EQ(wrong.exit_code, 1) << wrong.text();
  const RunResult end = run(on(project, {"unforward", "18084"}));
  EXPECT_EQ(end.exit_code, 0) << end.text();
  EXPECT_FALSE(net::connect_tcp(port));
  EXPECT_NE(must({"ports"}).out.find("Nothing is forwarded."), std::string::npos);
}

TEST_F(Ports, AreManyAtOnce) {
  const Workspace project = workspace();
  must_own_up(project);
  serve_inside(project, "0.0.0.0:18085");
  std::vector<std::string> words = {"forward", "--background", "--json"};
  for (int i = 0; i < 200; ++i) words.push_back(std::to_string(20000 + i) + ":0");
  words.emplace_back("18085:0");
  const RunResult forward = run(on(project, std::move(words)));
  ASSERT_EQ(forward.exit_code, 0) << forward.text();
  EXPECT_EQ(std::count(forward.out.begin(), forward.out.end(), '\n'), 201);
  const auto last = forward.out.substr(forward.out.rfind('\n', forward.out.size() - 2) + 1);
  EXPECT_TRUE(serves(port_at(last, "/localPort"), "hello"));
  // A port where nobody listens: the client is refused, not left waiting.
  const auto first = forward.out.substr(0, forward.out.find('\n'));
  const auto lost = net::connect_tcp(port_at(first, "/localPort"));
  EXPECT_EQ(net::receive_all(lost), "<reset>");
}

/// The process' resident memory in KiB.
long resident_kib(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("VmRSS:")) return std::stol(line.substr(6));
  }
  return -1;
}

TEST_F(Ports, KeepIdleConnectionsCheaply) {
  const Workspace project = workspace();
  must_own_up(project);
  must_exec(project, "nc -ll -p 18086 -e cat >/dev/null 2>&1 </dev/null & true");
  const RunResult forward = run(on(project, {"forward", "--background", "--json", "18086:0"}));
  const int port = port_at(forward.out, "/localPort");
  ASSERT_TRUE(wait_until(patience, [&] {
    const auto probe = net::connect_tcp(port);
    net::send_all(probe, "echo");
    return net::receive(probe, 4) == "echo";
  }));
  std::vector<UniqueFd> sockets;
  for (int i = 0; i < 300; ++i) sockets.push_back(net::connect_tcp(port));
  net::send_all(sockets.front(), "echo");
  EXPECT_EQ(net::receive(sockets.front(), 4), "echo");
  EXPECT_LT(resident_kib(server_pid()), 30L * 1024);
}

constexpr const char* echo_server = R"(
import asyncio, websockets
async def echo(socket, path=None):
    async for message in socket:
        await socket.send(message)
async def main():
    async with websockets.serve(echo, "0.0.0.0", 18089):
        await asyncio.Future()
asyncio.run(main())
)";
constexpr const char* echo_client = R"(
import asyncio, sys, websockets
async def main():
    async with websockets.connect("ws://localhost:%s" % sys.argv[1]) as socket:
        for message in ("one", "two" * 50000):
            await socket.send(message)
            assert await socket.recv() == message
    print("echoed")
asyncio.run(main())
)";

// PORT-001
TEST_F(Ports, CarryRedisAndWebSockets) {
  if (!std::filesystem::exists("/usr/bin/redis-server")) GTEST_SKIP() << "skipped: no redis-server";
  const Workspace project = workspace(own_programs);
  must_own_up(project);
  project.write("echo.py", echo_server);
  project.write("client.py", echo_client);
  must_exec(project,
            "redis-server --port 18088 --bind 0.0.0.0 --protected-mode no --save '' --daemonize "
            "yes >/dev/null; (python3 echo.py >echo.log 2>&1 </dev/null &)");
  const RunResult forward =
      run(on(project, {"forward", "--background", "--json", "18088:0", "18089:0"}));
  ASSERT_EQ(forward.exit_code, 0) << forward.text();
  const auto end = forward.out.find('\n');
  const auto redis = json_at(forward.out.substr(0, end), "/localPort");
  const auto sockets = json_at(forward.out.substr(end + 1), "/localPort");
  const auto here = [&](std::vector<std::string> argv) {
    return run({.argv = std::move(argv),
                .environment = test_run().environment(),
                .directory = project.folder.string()});
  };
  EXPECT_TRUE(wait_until(patience, [&] {
    return here({"/usr/bin/redis-cli", "-p", redis, "set", "key", "value"}).out == "OK\n";
  }));
  EXPECT_EQ(here({"/usr/bin/redis-cli", "-p", redis, "get", "key"}).out, "value\n");
  RunResult last;
  EXPECT_TRUE(wait_until(patience,
                         [&] {
                           last = here({"/usr/bin/python3", "client.py", sockets});
                           return last.out == "echoed\n";
                         }))
      << last.text() << project.read("echo.log");
}

TEST_F(Ports, ReachContainersOfOthers) {  // VSC-008
  const auto made =
      engine().request("POST", "/containers/create",
                       R"({"Image": ")" + std::string(base_image) +
                           R"(", "Cmd": ["sh", "-c", "mkdir /www; echo foreign > /www/index.html; )"
                           R"(exec httpd -f -p 0.0.0.0:18089 -h /www"]})");
  const auto id = json_at(made, "/Id");
  engine().request("POST", "/containers/" + id + "/start");
  const RunResult forward =
      run(fairlead({"forward", "--background", "--json", "--container-id", id, "18089:0"}));
  EXPECT_EQ(forward.exit_code, 0) << forward.text();
  EXPECT_TRUE(serves(port_at(forward.out, "/localPort"), "foreign"));
  engine().remove_container(id);
}

TEST_F(Ports, AreNotInTheWayOnTheHostsNetwork) {
  const Workspace project = workspace(R"("forwardPorts": [18088], "runArgs": ["--network=host"])");
  const RunResult up = run(on(project, {"up", "--json"}));
  ASSERT_EQ(up.exit_code, 0) << up.text();
  EXPECT_EQ(json_at(up.out, "/forwards"), "[]");
  EXPECT_FALSE(net::connect_tcp(18088));
}

TEST_F(Ports, NeverInTheDropIn) {
  const Workspace project = workspace(R"("forwardPorts": [18087])");
  must_up(project);
  EXPECT_EQ(server_pid(), 0);
}

class ComposePorts : public WithForwards<ComposeTest> {};
INSTANTIATE_TEST_SUITE_P(Version, ComposePorts, ::testing::Values("FAIRLEAD_TEST_COMPOSE"));

TEST_P(ComposePorts, ReachCompanionsByName) {  // PORT-003
  const Workspace project = this->project(
      "  db:\n    image: " + std::string(base_image) +
          "\n    stop_grace_period: 0s\n    command: [sh, -c, \"mkdir /www; echo companion > "
          "/www/index.html; exec httpd -f -p 0.0.0.0:5432 -h /www\"]\n",
      R"("forwardPorts": ["db:5432"])");
  const RunResult up = own(project, "up", {"--json", "--wait"});
  ASSERT_EQ(up.exit_code, 0) << up.text();
  EXPECT_EQ(json_at(up.out, "/forwards/0/host"), "db");
  EXPECT_TRUE(serves(port_at(up.out, "/forwards/0/localPort"), "companion"));
  EXPECT_EQ(own(project, "down").exit_code, 0);
}

/// Signals the relays that run in a container; how many there are.
int signal_relays_in(const std::string& container, int signal) {
  int found = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (read_file(entry.path() / "cgroup").find(container) == std::string::npos) continue;
    if (!read_file(entry.path() / "cmdline").starts_with("/.fairlead/relay-")) continue;
    if (::kill(std::stoi(name), signal) == 0) ++found;
  }
  return found;
}

TEST_P(ComposePorts, FindWhatListensInCompanions) {  // PORT-004
  const Workspace project = this->project(
      "  db:\n    image: " + std::string(base_image) +
          "\n    stop_grace_period: 0s\n    command: [sh, -c, \"mkdir /www; echo found > "
          "/www/index.html; exec httpd -f -p 0.0.0.0:5433 -h /www\"]\n",
      R"("portsAttributes": {"db:5433": {"label": "the database"}})");
  const RunResult up = own(project, "up", {"--json", "--wait"});
  ASSERT_EQ(up.exit_code, 0) << up.text();
  std::string list;
  EXPECT_TRUE(wait_until(patience, [&] {
    list = must({"ports", "--json"}).out;
    return json_at(list, "/environments/0/forwards/0/host") == "db";
  })) << list;
  EXPECT_EQ(json_at(list, "/environments/0/forwards/0/label"), "the database") << list;
  EXPECT_TRUE(serves(port_at(list, "/environments/0/forwards/0/localPort"), "found"));
  // The relay there dies, and nothing else happens: another one looks.
  const auto label = [](const Container& one, const char* key) {
    const auto found = one.labels.find(key);
    return found == one.labels.end() ? std::string() : found->second;
  };
  const auto group = json_at(up.out, "/composeProjectName");
  std::string database;
  for (const auto& one : engine().containers()) {
    const bool ours = group.empty() || label(one, "com.docker.compose.project") == group;
    if (ours && label(one, "com.docker.compose.service") == "db") database = one.id;
  }
  ASSERT_FALSE(database.empty());
  EXPECT_EQ(signal_relays_in(database, SIGKILL), 1);
  EXPECT_TRUE(wait_until(patience, [&] { return signal_relays_in(database, 0) == 1; }));
  EXPECT_TRUE(wait_until(patience, [&] {
    return json_at(must({"ports", "--json"}).out, "/environments/0/forwards/0/host") == "db";
  }));
  EXPECT_EQ(own(project, "down").exit_code, 0);
}

}  // namespace
}  // namespace fairlead::test
