#pragma once

#include "compose_fixture.hpp"
#include "support/wait.hpp"
#include "unit/ports/sockets.hpp"

#include <signal.h>
#include <sys/socket.h>

#include <string>
#include <vector>

namespace fairlead::test {

namespace net = ports::test;

inline constexpr milliseconds patience{60'000};

/// What both fixtures need; ends the background process before anything is counted.
template <class Base>
class WithForwards : public Base {
 protected:
  void SetUp() override {
    Base::SetUp();
    this->allow_processes_inside();
  }
  void TearDown() override {
    if (!this->HasFatalFailure() && !this->IsSkipped()) {
      const RunResult end = run(this->fairlead({"background", "--stop"}));
      EXPECT_EQ(end.exit_code, 0) << end.text();
    }
    Base::TearDown();
  }

  RunResult must(std::vector<std::string> words) {
    RunResult result = run(this->fairlead(std::move(words)));
    EXPECT_EQ(result.exit_code, 0) << result.text();
    return result;
  }
  RunRequest on(const Workspace& project, std::vector<std::string> words) const {
    words.insert(words.begin() + 1, {"--workspace-folder", project.folder.string()});
    return this->fairlead(std::move(words));
  }
  int server_pid() {
    const auto text = read_file(this->test_run().below("run") / "fairlead/server.lock");
    return text.empty() ? 0 : std::stoi(text);
  }
};

inline int port_at(const std::string& json, const std::string& pointer) {
  const auto text = json_at(json, pointer);
  return text.empty() ? 0 : std::stoi(text);
}

/// The answer to one request; empty when nobody gives one.
inline std::string get(int port, const std::string& path = "/") {
  const auto socket = net::connect_tcp(port);
  if (!socket) return {};
  net::send_all(socket, "GET " + path + " HTTP/1.0\r\n\r\n");
  return net::receive_all(socket);
}

/// As `get`; `then` is done once the request is under way.
template <class Then>
std::string get_when(int port, const Then& then) {
  const auto socket = net::connect_tcp(port);
  net::send_all(socket, "GET / HTTP/1.0\r\n\r\n");
  then();
  return net::receive_all(socket);
}

inline bool serves(int port, const std::string& text) {
  return wait_until(patience, [&] { return get(port).find(text) != std::string::npos; });
}

class ForwardsTest : public WithForwards<DockerTest> {
 protected:
  /// An HTTP server inside; at once there.
  void serve_inside(const Workspace& project, const std::string& address,
                    const std::string& text = "hello from inside") {
    must_exec(project, "mkdir -p /www && echo '" + text + "' > /www/index.html && httpd -p " +
                           address + " -h /www");
  }
};

/// This machine's own programs, to be run inside.
inline constexpr const char* own_programs = R"("mounts": [
    "source=/usr,target=/usr,type=bind,readonly", "source=/usr/lib,target=/lib,type=bind,readonly",
    "source=/usr/lib64,target=/lib64,type=bind,readonly"])";

}  // namespace fairlead::test
