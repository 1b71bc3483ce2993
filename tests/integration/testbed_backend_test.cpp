// The test backend by itself, through the core's plugin registry: what the orchestration tests
// take for granted.

#include "support/leak_guard.hpp"
#include "support/target.hpp"
#include "support/wait.hpp"

#include <fairlead/error.hpp>
#include <fairlead/plugins.hpp>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <mutex>
#include <thread>

namespace fairlead::test {
namespace {

class Silence : public EventSink {
 public:
  void on_event(const LogEvent&) override {}
};

UniqueFd memory() { return UniqueFd(::memfd_create("stream", MFD_CLOEXEC)); }

UniqueFd memory(const std::string& content) {
  UniqueFd fd = memory();
  EXPECT_EQ(::write(fd.get(), content.data(), content.size()),
            static_cast<ssize_t>(content.size()));
  ::lseek(fd.get(), 0, SEEK_SET);
  return fd;
}

UniqueFd copy_of(const UniqueFd& fd) { return UniqueFd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3)); }

std::string content_of(const UniqueFd& fd) {
  std::string text(static_cast<std::size_t>(::lseek(fd.get(), 0, SEEK_END)), '\0');
  const ssize_t size = ::pread(fd.get(), text.data(), text.size(), 0);
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return text;
}

struct Output {
  int exit_code = -1;
  std::string out;
  std::string err;
};

class TestbedBackendTest : public ::testing::Test {
 protected:
  void SetUp() override {
    target_ = make_target("testbed");
    if (!target_->missing().empty()) GTEST_SKIP() << "skipped: " << target_->missing();
    target_->configure(run_);
    open({});
  }
  void TearDown() override {
    if (target_->missing().empty()) target_->clean(run_);
  }

  /// `more`: further members of the settings, each with a comma before it.
  void open(const std::string& more) {
    registry_ = std::make_unique<PluginRegistry>(
        PluginSearch{{FAIRLEAD_BINARY_DIR "/tests/plugins"}, run_.below("state").string()},
        Log(silence_));
    ConfigureRequest settings;
    settings.settings = R"({"images":")" FAIRLEAD_BINARY_DIR R"(/tests/testbed-images","state":")" +
                        run_.below("testbed").string() + "\"" + more + "}";
    backend_ = registry_->open_backend("testbed", local_host(), settings);
  }

  static CreateRequest sleeper() {
    CreateRequest request;
    request.image = base_image;
    request.entrypoint = {"/bin/sh"};
    request.command = {"-c",
                       "echo Container started; trap 'exit 0' 15; "
                       "while sleep 1 & wait $!; do :; done"};
    request.labels = {{"example.test", std::string(200, 'x') + "/ü"}};
    return request;
  }

  std::string started(const CreateRequest& request) {
    const std::string id = backend_->create(request, {}).id;
    return backend_->start({id}, {}).id;
  }

  Output shell(const std::string& id, const std::string& script, const std::string& input = {}) {
    ExecRequest request;
    request.id = id;
    request.argv = {"sh", "-c", script};
    return run_command(request, input);
  }

  Output run_command(ExecRequest request, const std::string& input = {}) {
    const UniqueFd out = memory();
    const UniqueFd err = memory();
    CallOptions options;
    request.in = options.pass(memory(input));
    request.out = options.pass(copy_of(out));
    request.err = options.pass(copy_of(err));
    const int code = backend_->exec(request, std::move(options)).exit_code;
    return {code, content_of(out), content_of(err)};
  }

  TestRun run_;
  Silence silence_;
  std::unique_ptr<Target> target_;
  std::unique_ptr<PluginRegistry> registry_;
  std::unique_ptr<Backend> backend_;
};

/// The error of a call that has to fail.
template <class Function>
Error failure_of(const Function& function) {
  try {
    function();
  } catch (const Error& error) {
    return error;
  }
  return Error(Status::ok, "", "no error");
}

TEST_F(TestbedBackendTest, HasAClustersManners) {
  const Capabilities able = backend_->probe({}, {}).capabilities;
  EXPECT_TRUE(able.build.empty());
  EXPECT_FALSE(able.live_binds || able.image_inspection || able.keeps_filesystem);
  EXPECT_FALSE(able.stable_identity || able.publish || able.run_args || able.privileged);
  EXPECT_TRUE(able.named_volumes && able.exec_tty && able.exec_signal && able.dial);
}

TEST_F(TestbedBackendTest, ChangesIdentityOnEachStartAndKeepsLabels) {
  const std::string created = backend_->create(sleeper(), {}).id;
  const std::string first = backend_->start({created}, {}).id;
  EXPECT_EQ(backend_->start({first}, {}).id, first);  // already running
  backend_->stop({first, 5}, {});
  const std::string second = backend_->start({first}, {}).id;
  EXPECT_NE(created, first);
  EXPECT_NE(first, second);
  EXPECT_EQ(failure_of([&] { backend_->inspect({first}, {}); }).code(), "instance.not_found");
  const auto found = backend_->list({{"example.test"}, true}, {}).instances;
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].id, second);
  EXPECT_EQ(found[0].labels, sleeper().labels);
}

TEST_F(TestbedBackendTest, KnowsTheImagesConfigurationOnlyWhileItRuns) {
  const std::string id = backend_->create(sleeper(), {}).id;
  EXPECT_TRUE(backend_->inspect({id}, {}).env.empty());
  const InstanceInfo running = backend_->inspect({backend_->start({id}, {}).id}, {});
  ASSERT_EQ(running.env.size(), 1U);
  EXPECT_EQ(running.state, InstanceState::running);
  EXPECT_EQ(failure_of([&] {
              backend_->inspect_image({base_image, ""}, {});
            }).status(),
            Status::unsupported);
}

TEST_F(TestbedBackendTest, StartsWithAFreshFileSystemButKeepsVolumes) {
  CreateRequest request = sleeper();
  Mount volume;
  volume.type = MountType::volume;
  volume.source = "kept";
  volume.target = "/kept";
  request.mounts.push_back(volume);
  std::string id = started(request);
  EXPECT_EQ(shell(id, "touch /lost /kept/found").exit_code, 0);
  backend_->stop({id, 5}, {});
  id = backend_->start({id}, {}).id;
  EXPECT_EQ(shell(id, "test ! -e /lost && test -e /kept/found").exit_code, 0);
}

TEST_F(TestbedBackendTest, RefusesWhatAClusterDoesNotHave) {
  CreateRequest request = sleeper();
  request.mounts.push_back({});  // a bind
  EXPECT_EQ(failure_of([&] { backend_->create(request, {}); }).status(), Status::unsupported);
  request = sleeper();
  request.run_args = {"--privileged"};
  EXPECT_EQ(failure_of([&] { backend_->create(request, {}); }).status(), Status::unsupported);
  request = sleeper();
  request.image = "nowhere";
  EXPECT_EQ(failure_of([&] { backend_->create(request, {}); }).code(), "image.not_found");
}

TEST_F(TestbedBackendTest, LetsANameDecideWhoMadeIt) {
  CreateRequest request = sleeper();
  request.name = "one";
  const std::string id = backend_->create(request, {}).id;
  EXPECT_EQ(failure_of([&] { backend_->create(request, {}); }).code(), "instance.name_taken");
  EXPECT_EQ(backend_->inspect({"one"}, {}).id, id);
  backend_->remove({"one", false, true}, {});
  backend_->remove({"one", false, true}, {});  // gone is what was wanted
  EXPECT_TRUE(backend_->list({}, {}).instances.empty());
}

TEST_F(TestbedBackendTest, RunsCommandsWithStreamsStatusAndUser) {
  const std::string id = started(sleeper());
  const Output all = shell(id, "cat; echo e >&2; exit 3", std::string("in\0put", 6));
  EXPECT_EQ(all.exit_code, 3);
  EXPECT_EQ(all.out, std::string("in\0put", 6));
  EXPECT_EQ(all.err, "e\n");
  EXPECT_EQ(shell(id, "kill -9 $$").exit_code, 137);
  ExecRequest request;
  request.id = id;
  request.argv = {"sh", "-c", "id -u; pwd; echo $A $HOME"};
  request.user = "dev";
  request.working_directory = "/tmp";
  request.env = {{"A", "b"}};
  EXPECT_EQ(run_command(request).out, "1000\n/tmp\nb /home/dev\n");
  request.argv = {"nowhere"};
  EXPECT_EQ(run_command(request).exit_code, 127);
  request.argv = {"/etc/passwd"};
  EXPECT_EQ(run_command(request).exit_code, 126);
}

TEST_F(TestbedBackendTest, SignalsAndResizesARunningCommand) {
  const std::string id = started(sleeper());
  const UniqueFd out = memory();
  CallOptions options;
  ExecRequest request;
  request.id = id;
  request.argv = {"sh", "-c",
                  "trap 'stty size; exit 7' USR1; stty size; while :; do sleep 1 & wait; done"};
  request.terminal = Terminal{{11, 22}, "xterm"};
  request.out = options.pass(copy_of(out));
  std::string exec;
  std::mutex mutex;
  options.on_event = [&](const Event& event) {
    const std::lock_guard guard(mutex);
    if (event.started) exec = *event.started;
  };
  std::thread steering([&] {
    wait_until(milliseconds(10'000),
               [&] { return content_of(out).find("11 22") != std::string::npos; });
    const std::lock_guard guard(mutex);
    backend_->exec_control({exec, TerminalSize{33, 44}, "USR1"}, {});
  });
  const int code = backend_->exec(request, std::move(options)).exit_code;
  steering.join();
  EXPECT_EQ(code, 7);
  EXPECT_NE(content_of(out).find("33 44"), std::string::npos) << content_of(out);
}

TEST_F(TestbedBackendTest, EndsACommandWhoseCallIsCancelled) {
  const std::string id = started(sleeper());
  std::stop_source stop;
  CallOptions options;
  options.stop = stop.get_token();
  options.on_event = [&](const Event& event) {
    if (event.started) stop.request_stop();
  };
  ExecRequest request;
  request.id = id;
  request.argv = {"sleep", "1000"};
  const Error error = failure_of([&] { backend_->exec(request, std::move(options)); });
  EXPECT_EQ(error.status(), Status::cancelled);
  EXPECT_EQ(shell(id, "ps | grep -c '[s]leep 1000'").out, "0\n");
}

TEST_F(TestbedBackendTest, CopiesArchivesBothWaysAndDials) {
  const std::string id = started(sleeper());
  const UniqueFd archive = memory();
  EXPECT_EQ(shell(id, "mkdir /a /b && echo text > /a/file").exit_code, 0);
  CallOptions out;
  const CopyOutRequest from{id, "/a", out.pass(copy_of(archive))};
  backend_->copy_out(from, std::move(out));
  ::lseek(archive.get(), 0, SEEK_SET);
  CallOptions in;
  const CopyInRequest into{id, "/b", in.pass(copy_of(archive))};
  backend_->copy_in(into, std::move(in));
  EXPECT_EQ(shell(id, "cat /b/file").out, "text\n");
  CallOptions lost;
  const CopyInRequest nowhere{id, "/nowhere", lost.pass(memory("x"))};
  EXPECT_EQ(failure_of([&] { backend_->copy_in(nowhere, std::move(lost)); }).code(),
            "instance.copy");
}

TEST_F(TestbedBackendTest, DialsASocketOfTheInstance) {
  const std::string id = started(sleeper());
  DialRequest request;
  request.id = id;
  request.socket = "/run/nobody";
  EXPECT_EQ(failure_of([&] { backend_->dial(request, {}); }).code(), "instance.connect");
}

TEST_F(TestbedBackendTest, KeepsTheLogsOfTheFirstProcess) {
  const std::string id = started(sleeper());
  const UniqueFd out = memory();
  wait_until(milliseconds(5000), [&] {
    ::ftruncate(out.get(), 0) == 0 && ::lseek(out.get(), 0, SEEK_SET) == 0;
    CallOptions options;
    LogsRequest request;
    request.id = id;
    request.tail = 1;
    request.out = options.pass(copy_of(out));
    backend_->logs(request, std::move(options));
    return !content_of(out).empty();
  });
  EXPECT_EQ(content_of(out), "Container started\n");
}

TEST_F(TestbedBackendTest, OutlivesTheProcessThatStartedIt) {
  const std::string id = started(sleeper());
  open({});  // another client
  EXPECT_EQ(backend_->inspect({id}, {}).state, InstanceState::running);
  target_->stop(run_, id);
  const InstanceInfo stopped = backend_->inspect({id}, {});
  EXPECT_EQ(stopped.state, InstanceState::stopped);
  EXPECT_EQ(stopped.exit_code, 137);
}

TEST_F(TestbedBackendTest, FailsOnceWhereItIsTold) {
  open(R"(,"fail_at":"start")");
  const std::string id = backend_->create(sleeper(), {}).id;
  EXPECT_EQ(failure_of([&] { backend_->start({id}, {}); }).code(), "testbed.fault");
  EXPECT_NE(backend_->start({id}, {}).id, id);
}

TEST_F(TestbedBackendTest, WaitsWhereItIsToldButNotWhenCancelled) {
  open(R"(,"delay_at":"create","delay_ms":60000)");
  std::stop_source stop;
  stop.request_stop();
  CallOptions options;
  options.stop = stop.get_token();
  EXPECT_EQ(failure_of([&] { backend_->create(sleeper(), std::move(options)); }).status(),
            Status::cancelled);
}

TEST_F(TestbedBackendTest, SwitchesCapabilitiesOff) {
  open(R"(,"refuse":["exec_tty","logs"])");
  const Capabilities able = backend_->probe({}, {}).capabilities;
  EXPECT_FALSE(able.exec_tty || able.logs);
  EXPECT_TRUE(able.exec_user);
}

}  // namespace
}  // namespace fairlead::test
