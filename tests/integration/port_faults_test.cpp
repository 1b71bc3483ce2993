// What goes wrong while ports are forwarded: the faults that have no test beside their feature.

#include "forwards_fixture.hpp"

#include <poll.h>

#include <algorithm>

namespace fairlead::test {
namespace {

class PortFaults : public ForwardsTest {
 protected:
  /// A server inside with more to send than anybody takes here, and the local port to it.
  int stream_from(const Workspace& project, int port, const std::string& address = "0.0.0.0") {
    serve_inside(project, address + ':' + std::to_string(port));
    must_exec(project, "truncate -s 17179869184 /www/large");
    const auto forward = must({"forward", "--background", "--json", "--workspace-folder",
                               project.folder.string(), std::to_string(port) + ":0"});
    return port_at(forward.out, "/localPort");
  }
  /// A connection that bytes come through.
  UniqueFd streaming(int port) {
    UniqueFd socket;
    EXPECT_TRUE(wait_until(patience, [&] {
      socket = net::connect_tcp(port);
      net::send_all(socket, "GET /large HTTP/1.0\r\n\r\n");
      return net::receive(socket, 100'000).size() == 100'000;
    }));
    return socket;
  }
  std::string forwards() { return must({"ports", "--json"}).out; }
  /// How long a sleeping machine sleeps here; 90 by hand.
  static std::chrono::seconds nap() {
    const auto text = variable("FAIRLEAD_TEST_SLEEP_SECONDS");
    return std::chrono::seconds(text.empty() ? 1 : std::stoi(text));
  }
};

bool ends(const UniqueFd& socket) {
  std::string rest;
  do {
    rest = net::receive(socket, 1 << 20);
  } while (rest.size() == 1 << 20);
  std::array<char, 1> one{};
  return ::recv(socket.get(), one.data(), 1, 0) <= 0;
}

TEST_F(PortFaults, ARestartInTheMiddleOfATransferResetsIt) {
  const Workspace project = workspace();
  const auto id = must_own_up(project);
  const int port = stream_from(project, 18100);
  const auto transfer = streaming(port);
  engine().request("POST", "/containers/" + id + "/restart?t=0");
  EXPECT_TRUE(ends(transfer));
  serve_inside(project, "0.0.0.0:18100", "after the restart");
  EXPECT_TRUE(serves(port, "after the restart"));
}

TEST_F(PortFaults, ARelayThatIsKilledInsideComesBack) {
  const Workspace project = workspace();
  must_own_up(project);
  const int port = stream_from(project, 18101, "127.0.0.1");
  const auto server = net::listen_tcp();
  must({"forward", "--background", "--reverse", "--workspace-folder", project.folder.string(),
        std::to_string(net::port_of(server)) + ":18102"});
  const auto transfer = streaming(port);
  must_exec(project, "kill -9 $(ps -o pid,args | awk '/serve$/ && !/awk/ {print $1}')");
  EXPECT_TRUE(ends(transfer));
  streaming(port);
  // Nobody had asked for anything: what listened inside does so again.
  EXPECT_TRUE(wait_until(patience, [&] {
    return run(exec(project, {"sh", "-c", "netstat -ltn | grep -q :18102"})).exit_code == 0;
  }));
}

TEST_F(PortFaults, AServerThatNeverReadsIsInNobodysWay) {
  const Workspace project = workspace();
  must_own_up(project);
  must_exec(project, "nc -ll -p 18103 -e sleep 1000 >/dev/null 2>&1 </dev/null & true");
  serve_inside(project, "127.0.0.1:18104");
  const auto forward = must({"forward", "--background", "--json", "--workspace-folder",
                             project.folder.string(), "18103:0", "18104:0"});
  const auto end = forward.out.find('\n');
  const int deaf = port_at(forward.out.substr(0, end), "/localPort");
  const int other = port_at(forward.out.substr(end + 1), "/localPort");
  ASSERT_TRUE(serves(other, "hello"));
  auto client = net::connect_tcp(deaf);
  const std::string piece(1 << 20, 'x');
  std::size_t sent = 0;
  for (pollfd one{client.get(), POLLOUT, 0}; ::poll(&one, 1, 1000) == 1;) {
    const auto put = ::send(client.get(), piece.data(), piece.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (put <= 0) break;
    sent += static_cast<std::size_t>(put);
  }
  EXPECT_LT(sent, std::size_t{64} << 20U);  // held back, not kept
  EXPECT_TRUE(serves(other, "hello"));
  // And the client vanishes.
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  client.reset();
  EXPECT_TRUE(wait_until(
      patience, [&] { return forwards().find(R"("openConnections":1)") == std::string::npos; }));
}

TEST_F(PortFaults, ManyPortsThatBeginToListenAtOnceAreAllFound) {
  const Workspace project = workspace();
  const RunResult up = run(on(project, {"up", "--set", "port_detection=always"}));
  ASSERT_EQ(up.exit_code, 0) << up.text();
  must_exec(project,
            "i=21000; while [ $i -lt 21200 ]; do (nc -l -p $i >/dev/null 2>&1 </dev/null &); "
            "i=$((i+1)); done");
  EXPECT_TRUE(wait_until(patience, [&] {
    const auto text = forwards();
    int found = 0;
    for (int i = 21000; i < 21200; ++i) {
      found += text.find("\"port\":" + std::to_string(i) + ',') == std::string::npos ? 0 : 1;
    }
    return found == 200;
  }));
}

TEST_F(PortFaults, ASleepOfThisMachineBreaksNothing) {
  const Workspace project = workspace();
  const auto id = must_own_up(project);
  must_exec(project, "nc -ll -p 18105 -e cat >/dev/null 2>&1 </dev/null & true");
  const auto forward = must({"forward", "--background", "--json", "--workspace-folder",
                             project.folder.string(), "18105:0"});
  const int port = port_at(forward.out, "/localPort");
  UniqueFd connection;
  ASSERT_TRUE(wait_until(patience, [&] {
    connection = net::connect_tcp(port);
    net::send_all(connection, "before");
    return net::receive(connection, 6) == "before";
  }));
  const int pid = server_pid();
  ASSERT_GT(pid, 0);
  engine().request("POST", "/containers/" + id + "/pause");
  ASSERT_EQ(::kill(pid, SIGSTOP), 0);
  net::send_all(connection, "asleep");
  wait_until(nap(), [] { return false; });  // the fault itself
  ASSERT_EQ(::kill(pid, SIGCONT), 0);
  engine().request("POST", "/containers/" + id + "/unpause");
  EXPECT_EQ(net::receive(connection, 6), "asleep");
  net::send_all(connection, "after");
  EXPECT_EQ(net::receive(connection, 5), "after");
}

TEST_F(PortFaults, AKilledBackgroundProcessKeepsAddressesAndLeaksNoPort) {
  const Workspace project = workspace();
  must_own_up(project);
  serve_inside(project, "0.0.0.0:18106");
  const auto forward =
      must({"forward", "--background", "--json", "--workspace-folder", project.folder.string(),
            "--address", "127.0.0.2", "--address", "127.0.0.3", "18106:0"});
  const int port = port_at(forward.out, "/localPort");
  for (int i = 0; i < 2; ++i) {
    const int pid = server_pid();
    ASSERT_EQ(::kill(pid, SIGKILL), 0);
    const auto list = forwards();
    EXPECT_EQ(port_at(list, "/environments/0/forwards/0/localPort"), port) << list;
    for (const char* address : {"127.0.0.2", "127.0.0.3"}) {
      const auto asking =
          run({.argv = {"/usr/bin/curl", "-s", "--retry", "20", "--retry-connrefused", "--noproxy",
                        "*", "http://" + std::string(address) + ':' + std::to_string(port)},
               .environment = test_run().environment()});
      EXPECT_NE(asking.out.find("hello"), std::string::npos) << address << asking.text();
    }
    EXPECT_FALSE(net::connect_tcp(port));  // 127.0.0.1 was not asked for
  }
}

}  // namespace
}  // namespace fairlead::test
