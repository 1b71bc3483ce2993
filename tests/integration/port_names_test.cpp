// Forwards by their names.

#include "forwards_fixture.hpp"

namespace fairlead::test {
namespace {

class PortNames : public ForwardsTest {
 protected:
  /// The answer to a request for a host at the port that names are served at.
  static std::string ask(const std::string& host) {
    const auto port = std::stoi(host.substr(host.rfind(':') + 1));
    const auto socket = net::connect_tcp(port);
    net::send_all(socket, "GET /index.html HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    return net::receive_all(socket);
  }
  static std::string host_of(const std::string& url) {
    const auto begin = url.find("://") + 3;
    return url.substr(begin, url.find('/', begin) - begin);
  }
};

TEST_F(PortNames, LeadToTheSamePortOfTwoWorkspaces) {
  std::vector<std::string> hosts;
  for (const char* name : {"one", "two"}) {
    const Workspace project = workspace(R"("forwardPorts": [18110])", name);
    const RunResult up = run(on(project, {"up", "--json", "--set", "port_detection=never"}));
    ASSERT_EQ(up.exit_code, 0) << up.text();
    serve_inside(project, "127.0.0.1:18110", std::string("this is ") + name);
    const RunResult list = must({"ports", "--json", "--workspace-folder", project.folder.string()});
    hosts.push_back(host_of(json_at(list.out, "/environments/0/forwards/0/url")));
    ASSERT_TRUE(hosts.back().starts_with("18110.")) << list.out;
  }
  EXPECT_TRUE(wait_until(patience, [&] {
    return ask(hosts[0]).find("this is one") != std::string::npos;
  })) << hosts[0];
  EXPECT_TRUE(wait_until(patience, [&] {
    return ask(hosts[1]).find("this is two") != std::string::npos;
  })) << hosts[1];
  auto unknown = hosts[0];
  unknown.replace(0, 5, "18111");
  EXPECT_TRUE(ask(unknown).starts_with("HTTP/1.1 421 "));
  EXPECT_NE(must({"ports"}).out.find("http://" + hosts[0]), std::string::npos);
}

TEST_F(PortNames, AcceptTheCertificateOfTheApplication) {  // PORT-014
  const Workspace project = workspace(own_programs + std::string(R"(, "forwardPorts": [18111],
                "portsAttributes": {"18111": {"protocol": "https"}})"));
  const RunResult up = run(on(project, {"up", "--json", "--set", "port_detection=never"}));
  ASSERT_EQ(up.exit_code, 0) << up.text();
  must_exec(project,
            "cd /tmp && printf '[req]\\ndistinguished_name=d\\n[d]\\n' >c && openssl req -x509 "
            "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -config c -subj /CN=own -keyout "
            "key -out crt 2>/dev/null && (openssl s_server -accept 127.0.0.1:18111 -key key -cert "
            "crt -www >log 2>&1 </dev/null &)");
  const auto host =
      host_of(json_at(must({"ports", "--json"}).out, "/environments/0/forwards/0/url"));
  EXPECT_TRUE(wait_until(patience, [&] { return ask(host).find("s_server") != std::string::npos; }))
      << ask(host);
}

TEST_F(PortNames, AreNotServedWhenTheSettingSaysSo) {
  const Workspace project = workspace(R"("forwardPorts": [18112])");
  test_run().set("FAIRLEAD_PORT_NAMES", "0");
  const RunResult up = run(on(project, {"up", "--json", "--set", "port_detection=never"}));
  ASSERT_EQ(up.exit_code, 0) << up.text();
  const auto list = must({"ports", "--json"}).out;
  EXPECT_EQ(list.find(".localhost"), std::string::npos) << list;
}

}  // namespace
}  // namespace fairlead::test
