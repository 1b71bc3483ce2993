// What the relay costs, side by side with the engine's own exec. Exit: 1 when a limit is missed, 77
// without an engine.

#include "ports/relay_door.hpp"
#include "ports/relay_session.hpp"
#include "series.hpp"
#include "support/engine_api.hpp"
#include "support/test_run.hpp"

#include <fairlead/plugins.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace fairlead::bench {
namespace {

using ports::ListenerEvent;
using ports::RelaySession;
using Clock = std::chrono::steady_clock;

constexpr std::size_t bytes = std::size_t{256} << 20U;
constexpr int rounds = 9;
constexpr int port = 8080;

class Quiet final : public EventSink {
 public:
  void on_event(const LogEvent&) override {}
};

microseconds since(Clock::time_point began) {
  return std::chrono::duration_cast<microseconds>(Clock::now() - began);
}

/// Reads to the end; throws when it was less than `least`.
void drain(int fd, std::size_t least) {
  static std::array<char, 1 << 18> buffer;
  std::size_t all = 0;
  for (ssize_t got = 0; (got = ::read(fd, buffer.data(), buffer.size())) > 0;) {
    all += static_cast<std::size_t>(got);
  }
  if (all < least) throw std::runtime_error("only " + std::to_string(all) + " bytes came");
}

void ask(int fd, const std::string& file) {
  const auto text = "GET /" + file + " HTTP/1.0\r\n\r\n";
  if (::write(fd, text.data(), text.size()) < 0) throw std::runtime_error("cannot ask");
}

std::pair<UniqueFd, UniqueFd> new_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

/// A container with a web server, and the plugin that reaches it.
class Container {
 public:
  Container()
      : registry_(PluginSearch{{FAIRLEAD_BINARY_DIR "/lib/fairlead/plugins"},
                               run_.below("state").string()},
                  Log(quiet_)) {
    ConfigureRequest settings;
    settings.environment = {{"DOCKER_HOST", test::variable("DOCKER_HOST")},
                            {"PATH", test::variable("PATH")}};
    settings.working_directory = run_.folder().string();
    backend = registry_.open_backend("docker", local_host(), settings);
    CreateRequest request;
    request.image = "fairlead-test/busybox";
    request.entrypoint = {"/bin/sh"};
    request.command = {"-c",
                       "mkdir /www; cd /www; echo x >small; truncate -s 268435456 large; "
                       "exec busybox httpd -f -p " +
                           std::to_string(port) + " -h /www"};
    id = backend->start({backend->create(request, {}).id}, {}).id;
  }
  ~Container() { test::EngineApi(test::variable("DOCKER_HOST")).remove_container(id); }
  Container(const Container&) = delete;
  Container& operator=(const Container&) = delete;

  microseconds exec(std::vector<std::string> argv, std::size_t least) {
    const auto began = Clock::now();
    auto [read_end, write_end] = new_pipe();
    CallOptions call;
    ExecRequest request{.id = id, .argv = std::move(argv)};
    request.out = call.pass(std::move(write_end));
    std::thread reader([&, fd = read_end.get()] { drain(fd, least); });
    backend->exec(request, std::move(call));
    reader.join();
    return since(began);
  }

  std::shared_ptr<Backend> backend;
  std::string id;

 private:
  test::TestRun run_;
  Quiet quiet_;
  PluginRegistry registry_;
};

Figure absolute(std::string operation, std::string what, const Series& series, double limit) {
  Figure figure;
  figure.operation = std::move(operation);
  figure.what = std::move(what);
  figure.value = static_cast<double>(series.minimum().count()) / 1000;
  figure.median = static_cast<double>(series.median().count()) / 1000;
  figure.limit = limit;
  figure.unit = "ms";
  return figure;
}

class Figures {
 public:
  Figures() : relay_(RelaySession::start(container_.backend, container_.id, {}, {})) {
    wait_for_server();
  }

  std::vector<Figure> all() {
    throughput();
    door();
    connection();
    commands();
    detection();
    return std::move(figures_);
  }

 private:
  UniqueFd dial() { return relay_->dial({.port = port}, {}); }

  void wait_for_server() {
    for (int i = 0; i < 3000; ++i) {
      try {
        dial();
        return;
      } catch (const Error&) {
        ::usleep(10000);
      }
    }
    throw std::runtime_error("the server does not start");
  }

  void throughput() {
    Series ours{"relay",
                [&] {
                  const auto began = Clock::now();
                  const auto client = dial();
                  ask(client.get(), "large");
                  drain(client.get(), bytes);
                  return since(began);
                },
                {}};
    Series raw{"exec", [&] { return container_.exec({"cat", "/www/large"}, bytes); }, {}};
    interleave({&ours, &raw}, rounds);
    figures_.push_back(ratio("256 MiB, server on loopback", "one exec", ours, raw, 1 / 0.8));
  }

  /// What users do without us: an exec for each connection, with a program that copies.
  microseconds by_exec() {
    return container_.exec(
        {"sh", "-c",
         "printf 'GET /large HTTP/1.0\\r\\n\\r\\n' | nc 127.0.0.1 " + std::to_string(port)},
        bytes);
  }

  void door() {
    ports::DoorSession door(*relay_, *container_.backend, container_.id, {});
    Series ours{"relay",
                [&] {
                  const auto began = Clock::now();
                  const auto client = door.session().dial({.port = port}, {});
                  ask(client.get(), "large");
                  drain(client.get(), bytes);
                  return since(began);
                },
                {}};
    Series theirs{"nc", [&] { return by_exec(); }, {}};
    interleave({&ours, &theirs}, rounds);
    figures_.push_back(ratio("256 MiB, relay at the address", "nc in an exec", ours, theirs, 0.2));
  }

  /// To the first byte of an answer; against the container's own address, which only a local engine
  /// has.
  void connection() {
    const auto first_byte = [](const UniqueFd& client) {
      ask(client.get(), "small");
      drain(client.get(), 1);
    };
    Series ours{"relay",
                [&, first_byte] {
                  const auto began = Clock::now();
                  first_byte(dial());
                  return since(began);
                },
                {}};
    Series direct{"direct",
                  [&, first_byte] {
                    const auto began = Clock::now();
                    first_byte(container_.backend->dial({.id = container_.id, .port = port}, {}));
                    return since(began);
                  },
                  {}};
    interleave({&ours, &direct}, 50);
    figures_.push_back(ratio("connection and first byte", "container's address", ours, direct, 3));
  }

  void commands() {
    Series ours{"relay",
                [&] {
                  const auto began = Clock::now();
                  relay_->run({.argv = {"true"}})->wait({});
                  return since(began);
                },
                {}};
    Series engine{"exec", [&] { return container_.exec({"true"}, 0); }, {}};
    interleave({&ours, &engine}, 25);
    figures_.push_back(ratio("command, relay resident", "one exec", ours, engine, 0.25));
    interleave({&ours}, 1000);
    figures_.push_back(absolute("1000 commands, relay resident", "each", ours, 1));
  }

  void detection() {
    std::mutex mutex;
    std::condition_variable changed;
    int last = 0;
    relay_->watch_listeners([&](const ListenerEvent& event) {
      const std::lock_guard lock(mutex);
      if (event.kind == ListenerEvent::Kind::added) last = event.listener.port;
      changed.notify_all();
    });
    const auto other = RelaySession::start(container_.backend, container_.id, {}, {});
    Series ours{"relay",
                [&] {
                  const auto listener = other->listen({.port = 0}, [](UniqueFd) {}, {});
                  const auto began = Clock::now();
                  std::unique_lock lock(mutex);
                  changed.wait(lock, [&] { return last == listener->port(); });
                  return since(began);
                },
                {}};
    interleave({&ours}, 25);
    auto figure = absolute("a new listener is told", "median", ours, 250);
    figure.value = figure.median;
    figures_.push_back(std::move(figure));
    relay_->watch_listeners({});
  }

  Container container_;
  std::unique_ptr<RelaySession> relay_;
  std::vector<Figure> figures_;
};

}  // namespace
}  // namespace fairlead::bench

int main() {
  if (fairlead::test::variable("DOCKER_HOST").empty()) {
    std::fputs("no engine: DOCKER_HOST is not set\n", stderr);
    return 77;
  }
  try {
    return fairlead::bench::print_table(fairlead::bench::Figures().all()) ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
