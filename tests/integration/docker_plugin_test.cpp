// Docker's plugin by itself, through the core's plugin registry, against a real engine.

#include "support/child_process.hpp"
#include "support/engine_api.hpp"
#include "support/leak_guard.hpp"
#include "support/target.hpp"
#include "support/wait.hpp"

#include <fairlead/error.hpp>
#include <fairlead/plugins.hpp>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <future>
#include <mutex>
#include <thread>

namespace fairlead::test {
namespace {

using namespace std::chrono_literals;

class Quiet : public EventSink {
 public:
  void on_event(const LogEvent&) override {}
};

struct Ends {
  UniqueFd read;
  UniqueFd write;
};

Ends make_pipe() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

std::string read_all(int fd) {
  std::string text;
  std::array<char, 64 * 1024> buffer;
  for (ssize_t got = 0; (got = ::read(fd, buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return text;
}

void write_whole(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::write(fd, bytes.data(), bytes.size());
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

UniqueFd file_with(const std::string& content) {
  UniqueFd fd(::memfd_create("content", MFD_CLOEXEC));
  write_whole(fd.get(), content);
  ::lseek(fd.get(), 0, SEEK_SET);
  return fd;
}

/// Bytes without a pattern that a wrong frame could hide in.
std::string noise(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 12345;
  for (char& c : bytes) {
    state = state * 1664525U + 1013904223U;
    c = static_cast<char>(state >> 24U);
  }
  return bytes;
}

/// Names of images have no capitals.
std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return text;
}

template <class Function>
Error failure_of(const Function& function) {
  try {
    function();
  } catch (const Error& error) {
    return error;
  }
  return Error(Status::ok, "", "no error");
}

struct Output {
  int exit_code = -1;
  std::string out;
  std::string err;
};

class DockerPluginTest : public ::testing::Test {
 protected:
  void SetUp() override {
    target_ = make_target("docker");
    if (!target_->missing().empty()) GTEST_SKIP() << "skipped: " << target_->missing();
    registry_ = std::make_unique<PluginRegistry>(
        PluginSearch{{FAIRLEAD_BINARY_DIR "/lib/fairlead/plugins"}, run_.below("state").string()},
        Log(quiet_));
    backend_ = open({});
  }

  void TearDown() override {
    if (!target_->missing().empty()) return;
    const EngineApi engine(variable("DOCKER_HOST"));
    for (const auto& container : engine.containers()) {
      if (container.labels.contains("fairlead.test") &&
          container.labels.at("fairlead.test") == run_.id()) {
        engine.remove_container(container.id);
      }
    }
  }

  std::unique_ptr<Backend> open(Environment environment) {
    ConfigureRequest settings;
    settings.environment = std::move(environment);
    settings.environment.try_emplace("DOCKER_HOST", variable("DOCKER_HOST"));
    settings.environment.try_emplace("PATH", variable("PATH"));
    settings.working_directory = run_.folder().string();
    return registry_->open_backend("docker", local_host(), settings);
  }

  CreateRequest sleeper() const {
    CreateRequest request;
    request.image = base_image;
    request.entrypoint = {"/bin/sh"};
    request.command = {"-c", "trap 'exit 0' TERM; while sleep 1 & wait $!; do :; done"};
    request.labels = {{"fairlead.test", run_.id()}};
    request.run_args = {"--network=none"};
    return request;
  }

  std::string started(const CreateRequest& request) {
    return backend_->start({backend_->create(request, {}).id}, {}).id;
  }
  std::string started() { return started(sleeper()); }

  Output run(ExecRequest request, const std::string& input = {}) {
    auto out = make_pipe();
    auto err = make_pipe();
    CallOptions options;
    if (!input.empty()) request.in = options.pass(file_with(input));
    request.out = options.pass(std::move(out.write));
    request.err = options.pass(std::move(err.write));
    auto out_text = std::async(std::launch::async, [&] { return read_all(out.read.get()); });
    auto err_text = std::async(std::launch::async, [&] { return read_all(err.read.get()); });
    Output output;
    try {
      output.exit_code = backend_->exec(request, std::move(options)).exit_code;
    } catch (const Error& error) {
      ADD_FAILURE() << error.text();
    }
    output.out = out_text.get();
    output.err = err_text.get();
    return output;
  }

  Output shell(const std::string& id, const std::string& script, const std::string& input = {}) {
    ExecRequest request;
    request.id = id;
    request.argv = {"/bin/sh", "-c", script};
    return run(request, input);
  }

  /// Command lines inside, but for what keeps the container alive.
  static std::vector<std::string> processes(const std::string& id) {
    auto all = EngineApi(variable("DOCKER_HOST")).processes(id);
    std::erase_if(all, [](const std::string& line) {
      return line.find("trap 'exit 0'") != std::string::npos || line == "sleep 1";
    });
    return all;
  }

  TestRun run_;
  Quiet quiet_;
  std::unique_ptr<Target> target_;
  std::unique_ptr<PluginRegistry> registry_;
  std::unique_ptr<Backend> backend_;
};

TEST_F(DockerPluginTest, SaysWhatItIsAndCan) {
  const auto reply = backend_->probe({.builder = true, .gpu = true}, {});
  EXPECT_FALSE(reply.version.empty());
  EXPECT_EQ(reply.os, "linux");
  EXPECT_EQ(reply.endpoint, variable("DOCKER_HOST"));
  EXPECT_TRUE(reply.local && reply.capabilities.live_binds && reply.capabilities.exec_tty);
  EXPECT_TRUE(reply.builder == "buildx" || reply.builder == "buildkit" ||
              reply.builder == "classic");
}

TEST_F(DockerPluginTest, SaysThatNoEngineAnswers) {
  const auto lost = open({{"DOCKER_HOST", "unix:///nonexistent/docker.sock"}});
  const auto error = failure_of([&] { lost->probe({}, {}); });
  EXPECT_EQ(error.code(), "engine.unreachable");
  EXPECT_NE(error.message().find("/nonexistent/docker.sock"), std::string::npos);
  EXPECT_FALSE(error.hint().empty());
}

TEST_F(DockerPluginTest, CreatesStartsListsStopsAndRemoves) {
  auto request = sleeper();
  request.env = {{"GREETING", "hello world"}};
  request.name = "fairlead-test-" + run_.id();
  const auto id = backend_->create(request, {}).id;
  EXPECT_EQ(backend_->inspect({id}, {}).state, InstanceState::created);
  backend_->start({id}, {});
  backend_->start({id}, {});  // running already
  const auto info = backend_->inspect({request.name}, {});
  EXPECT_EQ(info.id, id);
  EXPECT_EQ(info.state, InstanceState::running);
  EXPECT_EQ(info.name, request.name);
  EXPECT_EQ(std::count(info.env.begin(), info.env.end(), "GREETING=hello world"), 1);
  const auto list = backend_->list({.labels = {"fairlead.test=" + run_.id()}}, {});
  ASSERT_EQ(list.instances.size(), 1U);
  EXPECT_EQ(list.instances.front().id, id);
  EXPECT_EQ(failure_of([&] { backend_->create(request, {}); }).code(), "instance.name_taken");
  backend_->stop({id, 5}, {});
  backend_->stop({id, 5}, {});
  EXPECT_EQ(backend_->inspect({id}, {}).state, InstanceState::stopped);
  backend_->remove({id, true, true}, {});
  backend_->remove({id, true, true}, {});
  EXPECT_EQ(failure_of([&] { backend_->inspect({id}, {}); }).code(), "instance.not_found");
}

TEST_F(DockerPluginTest, NamesWhatIsMissing) {
  auto request = sleeper();
  request.image = "fairlead-test/no-such-image";
  EXPECT_EQ(failure_of([&] { backend_->create(request, {}); }).code(), "image.not_found");
  EXPECT_EQ(failure_of([&] {
              backend_->inspect_image({"no-such-image", ""}, {});
            }).code(),
            "image.not_found");
  EXPECT_EQ(failure_of([&] { backend_->start({"nosuch"}, {}); }).code(), "instance.not_found");
  EXPECT_EQ(failure_of([&] {
              backend_->pull_image({"127.0.0.1:9/x/y", "", {}}, {});
            }).code(),
            "image.pull");
}

TEST_F(DockerPluginTest, NamesThePortThatIsInUse) {
  const UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::listen(listener.get(), 1), 0);
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size);
  const auto* bytes = reinterpret_cast<const unsigned char*>(&address);
  const int port = bytes[2] * 256 + bytes[3];
  auto request = sleeper();
  request.run_args.clear();
  request.ports = {{"0.0.0.0", std::to_string(port), "80", "tcp"}};
  const auto id = backend_->create(request, {}).id;
  EXPECT_EQ(failure_of([&] { backend_->start({id}, {}); }).code(), "instance.port_in_use");
}

TEST_F(DockerPluginTest, KeepsStreamsApartAndBinarySafe) {
  const auto id = started();
  const auto output = shell(id, "cat; echo problem >&2; exit 7", std::string("a\0b\xff\n", 5));
  EXPECT_EQ(output.exit_code, 7);
  EXPECT_EQ(output.out, std::string("a\0b\xff\n", 5));
  EXPECT_EQ(output.err, "problem\n");
}

TEST_F(DockerPluginTest, MovesSixtyFourMebibytesByteForByte) {
  const auto id = started();
  const auto bytes = noise(64 << 20U);
  const auto output = shell(id, "cat", bytes);
  EXPECT_EQ(output.exit_code, 0);
  EXPECT_EQ(output.out.size(), bytes.size());
  EXPECT_TRUE(output.out == bytes);
}

TEST_F(DockerPluginTest, HalfClosesInput) {
  const auto id = started();
  const auto output = shell(id, "wc -c; echo after", "12345");
  EXPECT_EQ(output.out, "5\nafter\n");
}

TEST_F(DockerPluginTest, EndsThoughInputIsOpenOrUnwanted) {
  const auto id = started();
  auto in = make_pipe();  // never written to, never closed
  CallOptions options;
  ExecRequest request;
  request.id = id;
  request.argv = {"/bin/sh", "-c", "exit 3"};
  request.in = options.pass(std::move(in.read));
  EXPECT_EQ(backend_->exec(request, std::move(options)).exit_code, 3);
  EXPECT_EQ(shell(id, "exec <&-; echo gone", noise(1 << 20U)).out, "gone\n");
}

TEST_F(DockerPluginTest, PassesUserFolderAndVariables) {
  const auto id = started();
  ExecRequest request;
  request.id = id;
  request.argv = {"/bin/sh", "-c", "echo $(id -u) $PWD $GREETING"};
  request.user = "12:34";
  request.working_directory = "/tmp/";
  request.env = {{"GREETING", "a=b c"}};
  const auto output = run(request);
  EXPECT_EQ(output.out, "12 /tmp a=b c\n");
}

TEST_F(DockerPluginTest, ReportsCommandsThatCannotBeStarted) {
  const auto id = started();
  ExecRequest request;
  request.id = id;
  request.argv = {"no-such-command"};
  const auto output = run(request);
  EXPECT_TRUE(output.exit_code == 126 || output.exit_code == 127) << output.exit_code;
  EXPECT_NE((output.out + output.err).find("not found"), std::string::npos);
  EXPECT_EQ(shell(id, "kill -KILL $$").exit_code, 137);
}

TEST_F(DockerPluginTest, RefusesACommandInAStoppedContainer) {
  const auto id = backend_->create(sleeper(), {}).id;
  ExecRequest request;
  request.id = id;
  request.argv = {"true"};
  EXPECT_EQ(failure_of([&] { backend_->exec(request, {}); }).code(), "instance.not_running");
}

TEST_F(DockerPluginTest, GivesATerminalWithItsSize) {
  const auto id = started();
  ExecRequest request;
  request.id = id;
  request.argv = {"/bin/sh", "-c", "sleep 0.3; stty size; tty"};
  request.terminal = Terminal{{31, 97}, "xterm"};
  const auto output = run(request);
  EXPECT_EQ(output.out.substr(0, 7), "31 97\r\n") << output.out;
}

/// An exec on a thread of its own.
class Running {
 public:
  Running(Backend& backend, ExecRequest request) {
    CallOptions options;
    options.stop = stop_.get_token();
    auto name = name_.get_future();
    options.on_event = [this](const Event& event) {
      if (event.started) name_.set_value(*event.started);
    };
    end_ =
        std::async(std::launch::async, [&backend, request, options = std::move(options)]() mutable {
          return backend.exec(request, std::move(options)).exit_code;
        });
    if (name.wait_for(10s) == std::future_status::ready) started_ = name.get();
  }
  const std::string& started() const { return started_; }
  void cancel() { stop_.request_stop(); }
  int exit_code() { return end_.get(); }

 private:
  std::stop_source stop_;
  std::promise<std::string> name_;
  std::string started_;
  std::future<int> end_;
};

ExecRequest script(const std::string& id, const std::string& text) {
  ExecRequest request;
  request.id = id;
  request.argv = {"/bin/sh", "-c", text};
  return request;
}

TEST_F(DockerPluginTest, ResizesTheTerminal) {
  const auto id = started();
  auto request = script(id, "until [ \"$(stty size)\" = '50 132' ]; do sleep 0.05; done; exit 4");
  request.terminal = Terminal{{24, 80}, "xterm"};
  Running running(*backend_, request);
  // The process may take its size only a moment after `started`.
  ASSERT_TRUE(wait_until(10s, [&] {
    const auto error = failure_of([&] {
      backend_->exec_control({running.started(), TerminalSize{50, 132}, ""}, {});
    });
    return error.status() == Status::ok;
  }));
  EXPECT_EQ(running.exit_code(), 4);
}

TEST_F(DockerPluginTest, SignalsTheWholeProcessGroup) {
  const auto id = started();
  Running running(*backend_, script(id,
                                    "trap 'exit 42' USR1; touch /tmp/up; "
                                    "sh -c 'sleep 300' & while :; do sleep 0.05; done"));
  ASSERT_TRUE(wait_until(10s, [&] { return shell(id, "test -f /tmp/up").exit_code == 0; }));
  backend_->exec_control({running.started(), {}, "USR1"}, {});
  EXPECT_EQ(running.exit_code(), 42);
  EXPECT_EQ(processes(id), std::vector<std::string>{});
  const auto error = failure_of([&] {
    backend_->exec_control({running.started(), {}, "TERM"}, {});
  });
  EXPECT_EQ(error.code(), "exec.not_found");
}

TEST_F(DockerPluginTest, RefusesUnknownSignals) {
  const auto id = started();
  Running running(*backend_, script(id, "sleep 300"));
  const auto error = failure_of([&] {
    backend_->exec_control({running.started(), {}, "NOSUCH"}, {});
  });
  EXPECT_EQ(error.code(), "exec.signal");
  running.cancel();
  EXPECT_EQ(failure_of([&] { running.exit_code(); }).status(), Status::cancelled);
}

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

class DockerPluginCancelTest : public DockerPluginTest,
                               public ::testing::WithParamInterface<int> {};

TEST_P(DockerPluginCancelTest, LeavesNoProcess) {
  const auto id = started();
  CallOptions options;
  std::stop_source stop;
  options.stop = stop.get_token();
  auto request = script(id, "trap '' TERM; setsid sleep 310 & sleep 300 & wait; sleep 301");
  request.argv[2] = "sh -c \"trap '' TERM; sleep 300\" & sleep 301 & wait; sleep 302";
  const std::jthread canceller([&] {
    ::poll(nullptr, 0, GetParam());
    stop.request_stop();
  });
  const auto error = failure_of([&] { backend_->exec(request, std::move(options)); });
  EXPECT_EQ(error.status(), Status::cancelled);
  EXPECT_TRUE(wait_until(5s, [&] { return processes(id).empty(); }))
      << ::testing::PrintToString(processes(id));
}

INSTANTIATE_TEST_SUITE_P(AfterMilliseconds, DockerPluginCancelTest,
                         ::testing::Values(0, 5, 20, 50, 500));

TEST_F(DockerPluginTest, EndsACommandWhoseReaderIsGone) {
  const auto id = started();
  auto out = make_pipe();
  CallOptions options;
  ExecRequest request = script(id, "yes");
  request.out = options.pass(std::move(out.write));
  const std::jthread reader([&] {
    std::array<char, 4096> buffer;
    (void)!::read(out.read.get(), buffer.data(), buffer.size());
    out.read.reset();
  });
  EXPECT_EQ(backend_->exec(request, std::move(options)).exit_code, 141);
  EXPECT_TRUE(wait_until(5s, [&] { return processes(id).empty(); }));
}

TEST_F(DockerPluginTest, CancelsThoughTheReaderIsStuck) {
  const auto id = started();
  auto out = make_pipe();
  CallOptions options;
  std::stop_source stop;
  options.stop = stop.get_token();
  ExecRequest request = script(id, "yes");
  request.out = options.pass(std::move(out.write));
  const std::jthread canceller([&] {
    ::poll(nullptr, 0, 300);
    stop.request_stop();
  });
  EXPECT_EQ(failure_of([&] { backend_->exec(request, std::move(options)); }).status(),
            Status::cancelled);
  EXPECT_TRUE(wait_until(5s, [&] { return processes(id).empty(); }));
}

TEST_F(DockerPluginTest, GivesLogsApart) {
  auto request = sleeper();
  request.command = {"-c", "echo one; echo two >&2; echo three"};
  const auto id = started(request);
  ASSERT_TRUE(
      wait_until(10s, [&] { return backend_->inspect({id}, {}).state == InstanceState::stopped; }));
  const auto read_logs = [&](LogsRequest wanted) {
    UniqueFd out = file_with("");
    UniqueFd err = file_with("");
    CallOptions options;
    wanted.id = id;
    wanted.out = options.pass(UniqueFd(::fcntl(out.get(), F_DUPFD_CLOEXEC, 3)));
    wanted.err = options.pass(UniqueFd(::fcntl(err.get(), F_DUPFD_CLOEXEC, 3)));
    backend_->logs(wanted, std::move(options));
    ::lseek(out.get(), 0, SEEK_SET);
    ::lseek(err.get(), 0, SEEK_SET);
    return std::pair(read_all(out.get()), read_all(err.get()));
  };
  EXPECT_EQ(read_logs({}), std::pair(std::string("one\nthree\n"), std::string("two\n")));
  const auto [out, err] = read_logs({.follow = true, .tail = 1});
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n') + std::count(err.begin(), err.end(), '\n'), 1);
}

TEST_F(DockerPluginTest, CopiesArchivesOutAndIn) {
  const auto id = started();
  const auto bytes = noise(3 << 20U);
  ASSERT_EQ(shell(id, "mkdir -p /tmp/a /tmp/b; cat > /tmp/a/data", bytes).exit_code, 0);
  UniqueFd archive = file_with("");
  {
    CallOptions options;
    const auto out = options.pass(UniqueFd(::fcntl(archive.get(), F_DUPFD_CLOEXEC, 3)));
    backend_->copy_out({id, "/tmp/a", out}, std::move(options));
  }
  ::lseek(archive.get(), 0, SEEK_SET);
  CallOptions options;
  const auto in = options.pass(std::move(archive));
  backend_->copy_in({id, "/tmp/b", in}, std::move(options));
  EXPECT_TRUE(shell(id, "cat /tmp/b/a/data").out == bytes);
  const auto missing = failure_of([&] {
    CallOptions into;
    const auto fd = into.pass(file_with(noise(1 << 20U)));
    backend_->copy_in({id, "/no/such/folder", fd}, std::move(into));
  });
  EXPECT_EQ(missing.status(), Status::not_found);
}

TEST_F(DockerPluginTest, DialsTheContainersOwnAddress) {
  auto request = sleeper();
  request.run_args.clear();
  const auto id = started(request);
  Running server(*backend_, script(id, "exec nc -l -p 7777 -e cat"));
  UniqueFd stream;
  ASSERT_TRUE(wait_until(10s, [&] {
    try {
      stream = backend_->dial({id, "127.0.0.1", 7777, ""}, {});
      return true;
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), Status::unavailable) << error.text();
      return false;
    }
  }));
  write_whole(stream.get(), "echo\n");
  ::shutdown(stream.get(), SHUT_WR);
  EXPECT_EQ(read_all(stream.get()), "echo\n");
  server.cancel();
  EXPECT_EQ(failure_of([&] {
              backend_->dial({id, "", 0, "/run/x.sock"}, {});
            }).status(),
            Status::unsupported);
}

TEST_F(DockerPluginTest, WatchesUntilCancelled) {
  std::mutex mutex;
  std::vector<std::string> actions;
  CallOptions options;
  std::stop_source stop;
  options.stop = stop.get_token();
  options.on_event = [&](const Event& event) {
    const std::lock_guard lock(mutex);
    if (event.instance) actions.push_back(event.instance->action);
  };
  auto end = std::async(std::launch::async, [&, options = std::move(options)]() mutable {
    return failure_of(
               [&] { backend_->watch({{"fairlead.test=" + run_.id()}}, std::move(options)); })
        .status();
  });
  const auto seen = [&](const char* action) {
    const std::lock_guard lock(mutex);
    return std::find(actions.begin(), actions.end(), action) != actions.end();
  };
  // The subscription has no answer of its own: containers are started until one is seen.
  EXPECT_TRUE(wait_until(20s, [&] {
    backend_->remove({started(), true, true}, {});
    return seen("start") && seen("destroy");
  }));
  stop.request_stop();
  EXPECT_EQ(end.get(), Status::cancelled);
}

TEST_F(DockerPluginTest, BuildsWithEitherBuilder) {
  write_file(run_.below("context/Dockerfile"), "FROM " + base_image +
                                                   "\nARG WHO\nCOPY data /data\n"
                                                   "RUN echo built for $WHO > /who\n");
  write_file(run_.below("context/data"), "content");
  write_file(run_.below("context/secret.txt"), "no");
  write_file(run_.below("context/.dockerignore"), "*.txt\n");
  for (const auto builder : {Builder::classic, Builder::automatic}) {
    BuildImageRequest request;
    request.context = run_.below("context").string();
    request.dockerfile = run_.below("context/Dockerfile").string();
    request.args = {{"WHO", "you"}};
    request.labels = {{"fairlead.test", run_.id()}};
    request.tags = {"fairlead-test/built-" + lower(run_.id())};
    request.builder = builder;
    std::string output;
    std::mutex mutex;
    CallOptions options;
    options.on_event = [&](const Event& event) {
      const std::lock_guard lock(mutex);
      output += event.output.value_or("");
    };
    const auto reply = backend_->build_image(request, std::move(options));
    EXPECT_FALSE(output.empty());
    const auto image = backend_->inspect_image({request.tags.front(), ""}, {});
    EXPECT_EQ(image.id, reply.image_id) << reply.builder;
    EXPECT_EQ(image.labels.at("fairlead.test"), run_.id());
    auto wanted = sleeper();
    wanted.image = request.tags.front();
    EXPECT_EQ(shell(started(wanted), "cat /who /data").out, "built for you\ncontent");
    for (const auto& each :
         backend_->list({.labels = {"fairlead.test=" + run_.id()}}, {}).instances) {
      backend_->remove({each.id, true, true}, {});
    }
    EngineApi(variable("DOCKER_HOST")).remove_image(request.tags.front());
  }
}

TEST_F(DockerPluginTest, SaysWhyABuildFailed) {
  write_file(run_.below("context/Dockerfile"),
             "FROM " + base_image + "\nRUN echo the reason; exit 9\n");
  for (const auto builder : {Builder::classic, Builder::automatic}) {
    BuildImageRequest request;
    request.context = run_.below("context").string();
    request.dockerfile = run_.below("context/Dockerfile").string();
    request.tags = {"fairlead-test/failed-" + lower(run_.id())};
    request.builder = builder;
    std::string output;
    std::mutex mutex;
    CallOptions options;
    options.on_event = [&](const Event& event) {
      const std::lock_guard lock(mutex);
      output += event.output.value_or("");
    };
    const auto error = failure_of([&] { backend_->build_image(request, std::move(options)); });
    EXPECT_EQ(error.code(), "image.build");
    EXPECT_NE(output.find("the reason"), std::string::npos) << output;
  }
}

}  // namespace
}  // namespace fairlead::test
