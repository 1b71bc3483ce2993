// The relay in containers: how it gets there, what its streams carry, what the engine's faults do.

#include "docker_plugin_fixture.hpp"
#include "ports/relay_place.hpp"
#include "ports/relay_session.hpp"
#include "support/child_process.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace fairlead::test {
namespace {

using namespace std::chrono_literals;
using ports::RelaySession;

CallOptions patient() { return {.timeout = 60s}; }

class RelayInDocker : public DockerPluginTest {
 protected:
  std::unique_ptr<RelaySession> session(const std::string& id, const std::string& user = {}) {
    return RelaySession::start(std::shared_ptr<Backend>(open({})), id, user, {.timeout = 60s});
  }

  /// A server inside that answers what `serve` makes of each connection.
  struct Inside {
    std::unique_ptr<RelaySession> session;
    std::unique_ptr<ports::ReverseListener> listener;
    std::vector<std::thread> threads;
    ~Inside() {
      listener.reset();
      for (auto& thread : threads) thread.join();
    }
  };
  void serve_inside(Inside& inside, const std::string& id, std::function<void(int)> serve) {
    inside.session = session(id);
    inside.listener = inside.session->listen(
        {.port = 0},
        [&inside, serve = std::move(serve)](UniqueFd fd) {
          inside.threads.emplace_back([fd = std::move(fd), serve] { serve(fd.get()); });
        },
        {.timeout = 60s});
  }

  std::string command_output(RelaySession& relay, const std::string& text) {
    auto out = make_pipe();
    const auto running = relay.run({.argv = {"/bin/sh", "-c", text}, .out = std::move(out.write)});
    auto said = read_all(out.read.get());
    EXPECT_EQ(running->wait({}), 0) << text;
    return said;
  }
};

void echo_back(int fd) {
  const auto text = read_all(fd);
  write_whole(fd, text);
  ::shutdown(fd, SHUT_WR);
}

// PORT-001, PORT-004
TEST_F(RelayInDocker, ReachesAServerOnLoopbackAsTheRemoteUser) {
  const auto id = started();
  const auto relay = session(id, "12:34");
  EXPECT_EQ(command_output(*relay, "id -u; id -g"), "12\n34\n");
  std::atomic<int> told = 0;
  relay->watch_listeners([&](const ports::ListenerEvent& event) {
    if (event.listener.port == 8080 && event.listener.address == "127.0.0.1") ++told;
  });
  const auto server = relay->run({.argv = {"/bin/sh", "-c",
                                           "mkdir -p /tmp/www && echo content >/tmp/www/page && "
                                           "exec busybox httpd -f -p 127.0.0.1:8080 -h /tmp/www"}});
  EXPECT_TRUE(wait_until(30s, [&] { return told > 0; }));
  const auto client = relay->dial({.port = 8080}, patient());
  write_whole(client.get(), "GET /page HTTP/1.0\r\n\r\n");
  ::shutdown(client.get(), SHUT_WR);
  EXPECT_NE(read_all(client.get()).find("content"), std::string::npos);
}

TEST_F(RelayInDocker, KeepsEveryByteOf64MiBEachWay) {
  const auto id = started();
  Inside inside;
  serve_inside(inside, id, echo_back);
  const auto relay = session(id);
  const auto client = relay->dial({.port = inside.listener->port()}, patient());
  const auto sent = noise(std::size_t{64} << 20U);
  std::thread writer([&] {
    write_whole(client.get(), sent);
    ::shutdown(client.get(), SHUT_WR);
  });
  const auto received = read_all(client.get());
  writer.join();
  EXPECT_TRUE(received == sent) << received.size();
}

/// A command sees the same through the relay as through an exec of the engine.
TEST_F(RelayInDocker, RunsCommandsAsTheEngineDoes) {
  const auto id = started();
  const auto relay = session(id, "12:34");
  for (const std::string text :
       {"grep -E '^(Uid|Gid|Groups|Cap...|Sig(Blk|Ign)|Seccomp|NoNewPrivs|Umask):' "
        "/proc/self/status",
        "id", "env | sort", "pwd", "ulimit -a", "umask", "cat /proc/self/cgroup",
        "cat /proc/self/oom_score_adj", "ls /proc/self/fd | wc -l"}) {
    auto request = script(id, text);
    request.user = "12:34";
    EXPECT_EQ(command_output(*relay, text), run(request).out) << text;
  }
  auto request = script(id, "tty; stty -a 2>/dev/null | grep -v speed | sort");
  request.user = "12:34";
  request.terminal = Terminal{{24, 80}, "xterm"};
  auto out = make_pipe();
  const auto running =
      relay->run({.argv = request.argv, .terminal = request.terminal, .out = std::move(out.write)});
  EXPECT_EQ(running->wait({}), 0);
  const auto same_terminal = [](std::string text) {  // but for its number
    return text.substr(std::min(text.find('\n'), text.size()));
  };
  EXPECT_EQ(same_terminal(read_all(out.read.get())), same_terminal(run(request).out));
}

TEST_F(RelayInDocker, LeavesNothingRunningWhenTheHostIsGone) {
  const auto id = started();
  auto relay = session(id);
  auto out = make_pipe();
  const auto running = relay->run(
      {.argv = {"/bin/sh", "-c", "echo ready; sleep 1000 & wait"}, .out = std::move(out.write)});
  std::string ready(6, '\0');
  ASSERT_EQ(::read(out.read.get(), ready.data(), 6), 6);
  relay.reset();
  EXPECT_TRUE(wait_until(30s, [&] { return processes(id).empty(); }));
}

TEST_F(RelayInDocker, GoesOnAfterAPause) {
  const auto id = started();
  Inside inside;
  serve_inside(inside, id, echo_back);
  const auto relay = session(id);
  const auto client = relay->dial({.port = inside.listener->port()}, patient());
  const auto sent = noise(std::size_t{16} << 20U);
  const EngineApi engine(variable("DOCKER_HOST"));
  write_whole(client.get(), std::string_view(sent).substr(0, 1000));
  engine.request("POST", "/containers/" + id + "/pause");
  std::thread writer([&] {
    write_whole(client.get(), std::string_view(sent).substr(1000));
    ::shutdown(client.get(), SHUT_WR);
  });
  pollfd ready{.fd = client.get(), .events = POLLIN, .revents = 0};
  EXPECT_EQ(::poll(&ready, 1, 300), 0);
  engine.request("POST", "/containers/" + id + "/unpause");
  EXPECT_TRUE(read_all(client.get()) == sent);
  writer.join();
}

TEST_F(RelayInDocker, SaysThatTheContainerIsGone) {
  const auto id = started();
  const auto relay = session(id);
  std::promise<std::string> gone;
  relay->on_gone([&](const Error& why) { gone.set_value(why.code()); });
  EngineApi(variable("DOCKER_HOST")).remove_container(id);
  auto future = gone.get_future();
  ASSERT_EQ(future.wait_for(30s), std::future_status::ready);
  EXPECT_EQ(future.get(), "relay.gone");
  EXPECT_EQ(failure_of([&] { relay->dial({.port = 1}, patient()); }).code(), "relay.gone");
}

TEST_F(RelayInDocker, FindsAPlaceInAReadOnlyContainer) {
  auto request = sleeper();
  request.run_args.insert(request.run_args.end(), {"--read-only", "--tmpfs", "/tmp:exec"});
  const auto id = started(request);
  EXPECT_EQ(command_output(*session(id, "12:34"), "id -u"), "12\n");
  EXPECT_EQ(command_output(*session(id, "12:34"), "id -u"), "12\n") << "it is there already";
}

TEST_F(RelayInDocker, SaysWhereThereIsNoPlace) {
  auto request = sleeper();
  request.run_args.emplace_back("--read-only");
  const auto id = started(request);
  EXPECT_EQ(failure_of([&] { session(id, "12:34"); }).code(), "relay.place");
}

/// Nothing in the image but one program that waits: no shell, no libc, no tar, no /tmp.
TEST_F(RelayInDocker, NeedsNothingOfTheImage) {
  const auto image = "fairlead-relay-scratch:" + run_.id();
  const auto& program = ports::relay_programs().front();
  const std::string docker = variable("FAIRLEAD_TEST_DOCKER");
  const Variables environment = {{"DOCKER_HOST", variable("DOCKER_HOST")},
                                 {"HOME", run_.folder().string()}};
  const auto words =
      "CMD [\"" + std::string(ports::relay_folder) + '/' + program.file_name() + "\", \"serve\"]";
  const auto imported = test::run({.argv = {docker, "import", "-c", words, "-", image},
                                   .environment = environment,
                                   .input = ports::relay_archive({program})});
  ASSERT_EQ(imported.exit_code, 0) << imported.text();
  const auto ran = test::run({.argv = {docker, "run", "-d", "-i", "--network=none", "--label",
                                       "fairlead.test=" + run_.id(), image},
                              .environment = environment});
  ASSERT_EQ(ran.exit_code, 0) << ran.text();
  const auto id = ran.out.substr(0, ran.out.find('\n'));
  {
    Inside inside;
    serve_inside(inside, id, echo_back);
    const auto client =
        session(id, "1000:1000")->dial({.port = inside.listener->port()}, patient());
  }
  EngineApi(variable("DOCKER_HOST")).remove_container(id);
  EngineApi(variable("DOCKER_HOST")).remove_image(image);
}

}  // namespace
}  // namespace fairlead::test
