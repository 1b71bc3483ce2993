// What the plugin boundary and the server cost by themselves; needs no engine. Exit: 1 when a limit
// is missed.

#include "series.hpp"

#include <fairlead/plugins.hpp>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace fairlead::bench {
namespace {

using Clock = std::chrono::steady_clock;
namespace fs = std::filesystem;

constexpr int calls = 20000;
constexpr int idle_clients = 100;

class Quiet final : public EventSink {
  void on_event(const LogEvent& /*event*/) override {}
};

double micros(Clock::duration time) {
  return std::chrono::duration<double, std::micro>(time).count();
}

/// The median of one call, answered at once by a plugin in C.
Figure boundary(PluginRegistry& registry, const std::string& settings, const char* name,
                double limit) {
  ConfigureRequest configure;
  configure.settings = settings;
  const auto backend = registry.open_backend("plain_c", local_host(), configure);
  for (int i = 0; i < 200; ++i) backend->probe({}, {});
  std::vector<double> samples;
  for (int i = 0; i < calls; ++i) {
    const auto began = Clock::now();
    backend->probe({}, {});
    samples.push_back(micros(Clock::now() - began));
  }
  std::ranges::sort(samples);
  return {.operation = name,
          .what = "median of " + std::to_string(calls) + " calls",
          .value = samples[samples.size() / 2],
          .median = 0,
          .limit = limit,
          .unit = "us",
          .detail = "minimum " + std::to_string(samples.front()),
          .missing = {}};
}

/// The background process in a home of its own, and what it costs as a server.
class Server {
 public:
  Server() {
    std::string name = (fs::temp_directory_path() / "fl-bench.XXXXXX").string();
    home_ = ::mkdtemp(name.data());
    began_ = Clock::now();
    process_ = ::fork();
    if (process_ == 0) {
      ::setenv("HOME", home_.c_str(), 1);
      ::setenv("XDG_RUNTIME_DIR", home_.c_str(), 1);
      const int nowhere = ::open("/dev/null", O_RDWR);
      ::dup2(nowhere, 1);
      const char* program = FAIRLEAD_BINARY_DIR "/bin/fairlead";
      ::execl(program, program, "background", "--set=port_names=0", nullptr);
      ::_exit(127);
    }
  }
  ~Server() {
    ::kill(process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
    fs::remove_all(home_);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// A client that has said `initialize` and has its answer.
  UniqueFd client() const {
    for (const auto end = Clock::now() + std::chrono::seconds(30); Clock::now() < end;) {
      for (const auto& entry : fs::recursive_directory_iterator(home_)) {
        if (entry.path().filename() != "rpc.sock") continue;
        if (auto fd = connected(entry.path().string())) return fd;
      }
      ::poll(nullptr, 0, 1);
    }
    throw std::runtime_error("the server does not answer");
  }
  Clock::time_point began() const { return began_; }
  double resident_mib() const {
    std::ifstream status("/proc/" + std::to_string(process_) + "/status");
    std::string word;
    double kib = 0;
    while (status >> word) {
      if (word == "VmRSS:") status >> kib;
    }
    return kib / 1024;
  }

 private:
  static UniqueFd connected(const std::string& path) {
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      return {};
    }
    const std::string body = R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{}})";
    const auto text = "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    std::array<char, 65536> answer{};
    if (::write(fd.get(), text.data(), text.size()) < 0) return {};
    return ::read(fd.get(), answer.data(), answer.size()) > 0 ? std::move(fd) : UniqueFd();
  }

  fs::path home_;
  pid_t process_ = -1;
  Clock::time_point began_;
};

Figure cold_start() {
  double best = 1e9;
  for (int i = 0; i < 10; ++i) {
    const Server server;
    const auto client = server.client();
    best = std::min(best, micros(Clock::now() - server.began()) / 1000);
  }
  return {.operation = "server, cold",
          .what = "to the first answer",
          .value = best,
          .median = 0,
          .limit = 30,
          .unit = "ms",
          .detail = "best of 10",
          .missing = {}};
}

Figure idle() {
  const Server server;
  std::vector<UniqueFd> clients;
  for (int i = 0; i < idle_clients; ++i) clients.push_back(server.client());
  return {.operation = "server, idle",
          .what = "memory with " + std::to_string(idle_clients) + " clients",
          .value = server.resident_mib(),
          .median = 0,
          .limit = 40,
          .unit = "MiB",
          .detail = {},
          .missing = {}};
}

int run() {
  Quiet quiet;
  PluginRegistry registry({.folders = {FAIRLEAD_TEST_PLUGIN_DIR}, .state_folder = {}}, Log(quiet));
  const bool good =
      print_table({boundary(registry, "{}", "call, in process", 15),
                   boundary(registry, R"({"isolation":"process"})", "call, isolated", 60),
                   cold_start(), idle()});
  return good ? 0 : 1;
}

}  // namespace
}  // namespace fairlead::bench

int main() { return fairlead::bench::run(); }
