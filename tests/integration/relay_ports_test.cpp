// Forwards through the relay: servers that listen on the container's localhost only, detection,
// reverse forwards.

#include "forwards_fixture.hpp"

namespace fairlead::test {
namespace {

class RelayPorts : public ForwardsTest {};

// PORT-001
TEST_F(RelayPorts, ReachServersOnTheContainersLocalhost) {
  const Workspace project = workspace(R"("forwardPorts": [18090])");
  const RunResult up = run(on(project, {"up", "--json"}));
  ASSERT_EQ(up.exit_code, 0) << up.text();
  serve_inside(project, "127.0.0.1:18090");
  EXPECT_TRUE(serves(port_at(up.out, "/forwards/0/localPort"), "hello"));
  const RunResult list = must({"ports", "--json"});
  EXPECT_EQ(json_at(list.out, "/environments/0/forwards/0/route"), "relay") << list.out;
}

TEST_F(RelayPorts, MayTakeAConnectionOfTheirOwn) {
  const Workspace project = workspace(R"("forwardPorts": [18091])");
  const RunResult up = run(on(project, {"up", "--json", "--set", "relay_listens=true"}));
  ASSERT_EQ(up.exit_code, 0) << up.text();
  serve_inside(project, "127.0.0.1:18091");
  EXPECT_TRUE(serves(port_at(up.out, "/forwards/0/localPort"), "hello"));
  const RunResult list = must({"ports", "--json"});
  EXPECT_EQ(json_at(list.out, "/environments/0/forwards/0/route"), "relay") << list.out;
  EXPECT_NE(must_exec(project, "ps -o args").find("/proc/self/exe door"), std::string::npos);
  EXPECT_EQ(must_exec(project, "netstat -ltn | grep -c LISTEN"), "1\n");  // the server's own
}

// PORT-005
TEST_F(RelayPorts, MoveToWhereTheUserWantsThem) {
  const Workspace project = workspace(R"("forwardPorts": [18095])");
  ASSERT_EQ(run(on(project, {"up"})).exit_code, 0);
  serve_inside(project, "0.0.0.0:18095");
  const auto socket = test_run().below("s.sock").string();
  const RunResult moved = run(on(project, {"forward", "--background", "18095:" + socket}));
  ASSERT_EQ(moved.exit_code, 0) << moved.text();
  const auto list = must({"ports", "--json"}).out;
  EXPECT_EQ(json_at(list, "/environments/0/forwards/0/localAddress"), socket) << list;
  EXPECT_EQ(list.find("\"port\":18095,"), list.rfind("\"port\":18095,")) << list;
  EXPECT_EQ(run(on(project, {"forward", "--background", "18095"})).exit_code, 0);
  EXPECT_EQ(json_at(must({"ports", "--json"}).out, "/environments/0/forwards/0/localAddress"),
            socket);
}

// PORT-004, PORT-011
TEST_F(RelayPorts, FindWhatBeginsToListen) {
  const Workspace project = workspace(
      R"("portsAttributes": {"18092": {"label": "found", "onAutoForward": "openBrowser"},
                             "18093": {"onAutoForward": "ignore"}})");
  const auto opened = test_run().below("opened");
  const auto browser = test_run().below("browser");
  write_file(browser, "#!/bin/sh\necho \"$1\" >> " + opened.string() + "\n");
  std::filesystem::permissions(browser, std::filesystem::perms::owner_all);
  test_run().set("BROWSER", browser.string());
  ASSERT_EQ(run(on(project, {"up", "--json"})).exit_code, 0);
  ChildProcess watch(fairlead({"ports", "--watch"}));
  ASSERT_TRUE(watch.wait_for_output("Nothing is forwarded.", patience)) << watch.err();
  serve_inside(project, "0.0.0.0:18093");
  serve_inside(project, "127.0.0.1:18092");
  ASSERT_TRUE(watch.wait_for_output("Listens: ", patience)) << watch.err();
  EXPECT_NE(watch.out().find("-> 18092  found"), std::string::npos) << watch.out();
  watch.signal(SIGINT);
  EXPECT_EQ(watch.finish().exit_code, 0);
  ChildProcess terminated(fairlead({"ports", "--watch"}));
  ASSERT_TRUE(terminated.wait_for_output("18092", patience)) << terminated.err();
  terminated.signal(SIGTERM);
  EXPECT_EQ(terminated.finish().exit_code, 143);
  EXPECT_TRUE(wait_until(
      patience, [&] { return read_file(opened).find("http://localhost:") != std::string::npos; }));
  const RunResult list = must({"ports", "--json"});
  EXPECT_EQ(json_at(list.out, "/environments/0/forwards/0/origin"), "detected") << list.out;
  EXPECT_EQ(list.out.find("18093"), std::string::npos) << list.out;
  EXPECT_TRUE(serves(port_at(list.out, "/environments/0/forwards/0/localPort"), "hello"));
}

TEST_F(RelayPorts, BringPortsOfThisMachineInside) {
  const Workspace project = workspace();
  must_own_up(project);
  const auto server = net::listen_tcp();
  const auto port = std::to_string(net::port_of(server));
  const RunResult forward =
      run(on(project, {"forward", "--background", "--reverse", port + ":18094"}));
  ASSERT_EQ(forward.exit_code, 0) << forward.text();
  ChildProcess asking(exec(project, {"nc", "127.0.0.1", "18094"}));
  const auto inside = net::accept_one(server);
  net::send_all(inside, "from this machine");
  ::shutdown(inside.get(), SHUT_WR);
  asking.close_input();
  EXPECT_EQ(asking.finish().out, "from this machine");
  EXPECT_EQ(run(on(project, {"unforward", "--reverse", port})).exit_code, 0);
}

TEST_F(RelayPorts, ReachUnixSockets) {
  if (!std::filesystem::exists("/usr/bin/redis-server")) GTEST_SKIP() << "skipped: no redis-server";
  const Workspace project = workspace(own_programs);
  must_own_up(project);
  must_exec(
      project,
      "redis-server --port 0 --unixsocket /tmp/r.sock --save '' --daemonize yes >/dev/null && "
      "until test -S /tmp/r.sock; do sleep 0.05; done");
  const RunResult forward = run(on(project, {"forward", "--background", "--json", "/tmp/r.sock"}));
  ASSERT_EQ(forward.exit_code, 0) << forward.text();
  const auto socket = net::connect_tcp(port_at(forward.out, "/localPort"));
  net::send_all(socket, "PING\r\n");
  EXPECT_EQ(net::receive(socket, 7), "+PONG\r\n");
}

}  // namespace
}  // namespace fairlead::test
