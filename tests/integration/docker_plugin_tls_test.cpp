// Docker's plugin and an engine behind TLS.

#include "docker_plugin_fixture.hpp"
#include "support/child_process.hpp"

#include <unistd.h>

#include <cstdlib>

namespace fairlead::test {
namespace {

using namespace std::chrono_literals;

/// The engine behind TLS at a port of 127.0.0.1, with one certificate for all sides.
class TlsEngine {
 public:
  TlsEngine(const TestRun& run, const std::string& socket)
      : folder_(run.below("certs").string()), proxy_(request(run, folder_, socket)) {
    const std::string_view marker = "listening on AF=2 127.0.0.1:";
    proxy_.wait_for([&] { return proxy_.err().find(marker) != std::string::npos; }, 10s);
    const auto at = proxy_.err().find(marker);
    if (at != std::string::npos) port_ = std::stoi(proxy_.err().substr(at + marker.size()));
  }

  Environment environment(const std::string& host, const std::string& certs = {}) const {
    return {{"DOCKER_HOST", "tcp://" + host + ":" + std::to_string(port_)},
            {"DOCKER_TLS_VERIFY", "1"},
            {"DOCKER_CERT_PATH", certs.empty() ? folder_ : certs}};
  }

 private:
  static RunRequest request(const TestRun& run, const std::string& folder,
                            const std::string& socket) {
    const auto make = "mkdir -p '" + folder + "' && cd '" + folder +
                      "' && openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=engine "
                      "-addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem 2>log && "
                      "cp cert.pem ca.pem";
    EXPECT_EQ(std::system(make.c_str()), 0);
    const auto listen = "OPENSSL-LISTEN:0,bind=127.0.0.1,fork,reuseaddr,verify=1,cafile=" + folder +
                        "/ca.pem,cert=" + folder + "/cert.pem,key=" + folder + "/key.pem";
    RunRequest proxy;
    proxy.argv = {"/usr/bin/socat", "-d", "-d", "-t", "10", listen, "UNIX-CONNECT:" + socket};
    proxy.environment = run.environment();
    return proxy;
  }

  std::string folder_;
  ChildProcess proxy_;
  int port_ = 0;
};

TEST_F(DockerPluginTest, SpeaksTlsAndChecksTheServer) {
  if (::access("/usr/bin/socat", X_OK) != 0) GTEST_SKIP() << "skipped: no socat";
  const TlsEngine engine(run_, EngineApi(variable("DOCKER_HOST")).socket_path());
  backend_ = open(engine.environment("127.0.0.1"));
  EXPECT_FALSE(backend_->probe({}, {}).local);
  const auto id = started();
  const auto bytes = noise(1 << 20U);
  EXPECT_TRUE(shell(id, "cat", bytes).out == bytes);
  // Processes elsewhere are found by their marker.
  Running running(*backend_, script(id,
                                    "trap 'exit 43' USR1; touch /tmp/up; "
                                    "while :; do sleep 0.05; done"));
  ASSERT_TRUE(wait_until(10s, [&] { return shell(id, "test -f /tmp/up").exit_code == 0; }));
  backend_->exec_control({running.started(), {}, "USR1"}, {});
  EXPECT_EQ(running.exit_code(), 43);
  Running cancelled(*backend_, script(id, "sleep 300 & wait"));
  cancelled.cancel();
  EXPECT_EQ(failure_of([&] { cancelled.exit_code(); }).status(), Status::cancelled);
  EXPECT_TRUE(wait_until(5s, [&] { return processes(id).empty(); }));
  for (const auto& wrong : {engine.environment("localhost"),
                            engine.environment("127.0.0.1", run_.below("nothing").string())}) {
    const auto other = open(wrong);
    EXPECT_EQ(failure_of([&] { other->probe({}, {}); }).code(), "engine.tls");
  }
}

}  // namespace
}  // namespace fairlead::test
