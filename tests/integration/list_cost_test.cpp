// What `list` costs when an engine has much to tell.

#include "fixture.hpp"
#include "support/json.hpp"
#include "support/wait.hpp"

#include <fairlead/unique_fd.hpp>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <thread>
#include <vector>

namespace fairlead::test {
namespace {

/// Answers every GET at a Unix socket at once: /version, and a list of so many containers, which
/// may take some time.
class PromptEngine {
 public:
  PromptEngine(const std::string& path, int containers, milliseconds list_takes = {})
      : list_(list_of(containers)), list_takes_(list_takes) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    listener_ = UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto* raw = reinterpret_cast<const sockaddr*>(&address);
    if (::bind(listener_.get(), raw, sizeof address) != 0 || ::listen(listener_.get(), 8) != 0) {
      throw std::runtime_error("no socket for the engine");
    }
    thread_ = std::thread([this] { serve(); });
  }
  ~PromptEngine() {
    stopping_ = true;
    thread_.join();
  }
  PromptEngine(const PromptEngine&) = delete;
  PromptEngine& operator=(const PromptEngine&) = delete;
  int requests() const { return requests_; }
  /// From now on every request waits for an answer in vain.
  void fall_silent() { silent_ = true; }

 private:
  static std::string list_of(int containers) {
    std::string list;
    for (int i = 0; i < containers; ++i) {
      const auto n = std::to_string(i);
      list += (i > 0 ? "," : "") + std::string(R"({"Id":")") + std::string(60, 'a') + n +
              R"(","Names":["/c)" + n +
              R"("],"Image":"i","ImageID":"sha256:i","State":"running",)" +
              R"("Status":"Up","Created":1700000000,"Ports":[],"Mounts":[],"Labels":{)" +
              R"("devcontainer.local_folder":"/w/)" + n + R"(","devcontainer.metadata":")" +
              std::string(1000, 'x') + R"("}})";
    }
    return '[' + list + ']';
  }

  static bool readable(int fd) {
    pollfd ready{.fd = fd, .events = POLLIN, .revents = 0};
    return ::poll(&ready, 1, 50) > 0;
  }

  void serve() {
    std::vector<std::jthread> clients;
    while (!stopping_) {
      if (!readable(listener_.get())) continue;
      clients.emplace_back(
          [this, client = UniqueFd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC))] {
            while (!stopping_ && answer(client.get())) {
            }
          });
    }
  }

  /// Until it is time, or all is over.
  void pause(milliseconds time) const {
    const auto end = std::chrono::steady_clock::now() + time;
    wait_until(time + milliseconds(1000),
               [&] { return stopping_ || std::chrono::steady_clock::now() >= end; });
  }

  bool answer(int fd) {
    std::string request;
    while (request.find("\r\n\r\n") == std::string::npos) {
      if (stopping_) return false;
      if (!readable(fd)) continue;
      char piece[4096];
      const auto got = ::read(fd, piece, sizeof piece);
      if (got <= 0) return false;
      request.append(piece, static_cast<std::size_t>(got));
    }
    ++requests_;
    if (silent_) pause(milliseconds(60'000));
    const bool version = request.find("/version ") != std::string::npos;
    if (!version) pause(list_takes_);
    const std::string body =
        version ? R"({"Version":"28.0.0","ApiVersion":"1.48","Os":"linux","Arch":"amd64"})" : list_;
    std::string reply = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                        std::to_string(body.size()) + "\r\n\r\n" + body;
    for (std::size_t sent = 0; sent < reply.size();) {
      const auto went = ::send(fd, reply.data() + sent, reply.size() - sent, MSG_NOSIGNAL);
      if (went <= 0) return false;
      sent += static_cast<std::size_t>(went);
    }
    return true;
  }

  std::string list_;
  milliseconds list_takes_;
  UniqueFd listener_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> silent_ = false;
  std::atomic<int> requests_ = 0;
  std::thread thread_;
};

class ListCost : public DockerTest {
 protected:
  RunRequest list(const std::string& socket) const {
    RunRequest request = fairlead({"list", "--json"});
    request.environment["DOCKER_HOST"] = "unix://" + socket;
    return request;
  }

  microseconds least_cpu(const std::string& name, int containers) {
    const std::string socket = test_run().below(name).string();
    const PromptEngine engine(socket, containers);
    microseconds least = std::chrono::seconds(60);
    int fewest = 100;
    for (int i = 0; i < 7; ++i) {
      const int before = engine.requests();
      const RunResult result = run(list(socket));
      EXPECT_EQ(result.exit_code, 0) << result.text();
      least = std::min(least, result.cpu);
      fewest = std::min(fewest, engine.requests() - before);
    }
    EXPECT_EQ(fewest, 1);
    EXPECT_LE(engine.requests(), 7 * 2);
    return least;
  }
};

TEST_F(ListCost, TwoHundredContainersCostOneRequestAndLittleTime) {
  const auto nothing = least_cpu("0.sock", 0);
  const auto many = least_cpu("200.sock", 200);
  EXPECT_LT(many - nothing, milliseconds(20));
  RecordProperty("microseconds_for_200", static_cast<int>((many - nothing).count()));
}

TEST_F(ListCost, ASlowListIsWaitedForWhereSomebodyAnswers) {
  const std::string socket = test_run().below("slow.sock").string();
  const PromptEngine engine(socket, 3, milliseconds(3'000));
  const RunResult result = run(list(socket));
  EXPECT_EQ(result.exit_code, 0) << result.text();
  EXPECT_NE(result.out.find("/w/2"), std::string::npos) << result.text();
  EXPECT_EQ(engine.requests(), 2);
}

TEST_F(ListCost, AnEngineThatSaysNothingIsNamedAsSilent) {
  const std::string socket = test_run().below("mute.sock").string();
  PromptEngine engine(socket, 3);
  engine.fall_silent();
  const auto begin = std::chrono::steady_clock::now();
  const RunResult result = run(list(socket));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(15));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(json_at(result.out, "/code"), "call.timeout") << result.text();
  EXPECT_NE(result.err.find("docker"), std::string::npos) << result.text();
}

}  // namespace
}  // namespace fairlead::test
