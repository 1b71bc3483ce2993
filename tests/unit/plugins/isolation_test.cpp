// Plugins in a process of their own: the same calls, and a crash that costs one of them.
#include "plugin_fixture.hpp"
#include "plugins/local_process.hpp"
#include "plugins/wire.hpp"

#include <fairlead/abi.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <future>
#include <string>

namespace fairlead::test {
namespace {

// A sanitizer turns the signal into an exit of its own.
#ifdef FAIRLEAD_SANITIZED
constexpr const char* crash = "exit status 1";
#else
constexpr const char* crash = "signal 11, Segmentation fault";
#endif

class IsolatedPlugin : public PluginTest {
 protected:
  std::unique_ptr<Backend> apart(const std::string& name, const std::string& more = {}) {
    ConfigureRequest settings;
    settings.settings = R"({"isolation":"process")" + more + "}";
    return registry().open_backend(name, local_host(), settings);
  }

  /// What a command on the host says, run by the plugin through us.
  static std::string said(Backend& backend, std::vector<std::string> argv) {
    const UniqueFd out(::memfd_create("out", MFD_CLOEXEC));
    CallOptions options;
    ExecRequest request;
    request.argv = std::move(argv);
    request.out = options.pass(UniqueFd(::fcntl(out.get(), F_DUPFD_CLOEXEC, 3)));
    EXPECT_EQ(backend.exec(request, std::move(options)).exit_code, 0);
    std::string text(4096, '\0');
    const auto got = ::pread(out.get(), text.data(), text.size(), 0);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
  }
};

TEST_F(IsolatedPlugin, AnswersAsItDoesHere) {
  const auto backend = apart("plain_c");
  EXPECT_EQ(backend->probe({}, {}).engine, "plain");
  std::vector<std::string> heard;
  CallOptions options;
  options.on_event = [&](const Event& event) { heard.push_back(event.progress->text); };
  EXPECT_EQ(backend->list({}, std::move(options)).instances.at(0).id, "one");
  EXPECT_EQ(heard, std::vector<std::string>{"half"});
  const auto error = thrown([&] { backend->inspect({"none"}, {}); });
  EXPECT_EQ(error.status(), Status::not_found);
  EXPECT_EQ(error.code(), "instance.not_found");
  EXPECT_EQ(error.hint(), "make one");
}

TEST_F(IsolatedPlugin, LacksTheOperationsThatItLacks) {
  const auto error = thrown([&] { apart("plain_c")->stop({}, {}); });
  EXPECT_EQ(error.code(), "backend.unsupported");
  EXPECT_EQ(error.message(), "plain_c cannot stop instances");
}

TEST_F(IsolatedPlugin, SendsDescriptorsBack) {
  const auto stream = apart("plain_c")->dial({}, {});
  std::array<char, 8> bytes{};
  EXPECT_EQ(::read(stream.get(), bytes.data(), bytes.size()), 5);
  EXPECT_EQ(std::string(bytes.data()), "hello");
}

TEST_F(IsolatedPlugin, IsCancelled) {
  const auto backend = apart("plain_c");
  std::stop_source stop;
  CallOptions options;
  options.stop = stop.get_token();
  options.on_event = [&](const Event&) { stop.request_stop(); };
  EXPECT_EQ(thrown([&] { backend->watch({}, std::move(options)); }).status(), Status::cancelled);
}

TEST_F(IsolatedPlugin, ReachesItsHostThroughUs) {
  const auto backend = apart("well_behaved");
  EXPECT_TRUE(backend->probe({}, {}).local);
  // The command is ours: its parent is this process and not the plugin's.
  const auto parent = said(*backend, {"sh", "-c", "echo $PPID"});
  EXPECT_EQ(parent, std::to_string(::getpid()) + "\n");
}

TEST_F(IsolatedPlugin, CancelsWhatItsHostRuns) {
  const auto backend = apart("well_behaved");
  std::stop_source stop;
  CallOptions options;
  options.stop = stop.get_token();
  options.on_event = [&](const Event& event) {
    if (event.started) stop.request_stop();
  };
  ExecRequest request;
  request.argv = {"sleep", "600"};
  EXPECT_EQ(thrown([&] { backend->exec(request, std::move(options)); }).status(),
            Status::cancelled);
}

TEST_F(IsolatedPlugin, ThatCrashesFailsOneCallAndIsStartedAgain) {
  const auto backend = apart("crashes_in_stop");
  EXPECT_EQ(backend->probe({}, {}).engine, "brittle");
  const auto error = thrown([&] { backend->stop({}, {}); });
  EXPECT_EQ(error.status(), Status::internal);
  EXPECT_EQ(error.code(), "plugin.crashed");
  EXPECT_EQ(error.message(), "the plugin 'test.crashes_in_stop' crashed in its operation 'stop' (" +
                                 std::string(crash) + ')');
  EXPECT_EQ(backend->probe({}, {}).engine, "brittle");
}

TEST_F(IsolatedPlugin, ThatCrashedIsStartedAgainOnceForAll) {
  const auto backend = apart("crashes_in_stop");
  EXPECT_EQ(thrown([&] { backend->stop({}, {}); }).code(), "plugin.crashed");
  std::vector<std::future<std::string>> answers;
  for (int i = 0; i < 8; ++i) {
    answers.push_back(
        std::async(std::launch::async, [&] { return backend->probe({}, {}).engine; }));
  }
  for (auto& answer : answers) EXPECT_EQ(answer.get(), "brittle");
}

TEST_F(IsolatedPlugin, ThatRefusesItsSettingsSaysWhy) {
  const auto error = thrown([&] { apart("well_behaved", R"(,"x":"refuse me")"); });
  EXPECT_EQ(error.code(), "test.settings");
  EXPECT_EQ(error.hint(), "choose others");
}

TEST_F(IsolatedPlugin, WhoseCreateFunctionMakesNothingIsRefused) {
  EXPECT_EQ(thrown([&] { apart("makes_nothing"); }).message(),
            "The plugin 'test.makes_nothing' cannot be used: its create function made nothing");
}

TEST_F(IsolatedPlugin, ThatAnswersTwiceIsFaulty) {
  const auto backend = apart("done_twice");
  backend->probe({}, {});
  backend->probe({}, {});  // by its answer the second one of the first has been heard
  EXPECT_TRUE(sink_.has("the plugin 'test.done_twice' is faulty: it answered an operation twice"));
}

TEST_F(IsolatedPlugin, AnswersManyAtOnce) {
  const auto backend = apart("plain_c");
  std::vector<std::future<std::string>> answers;
  for (int i = 0; i < 16; ++i) {
    answers.push_back(
        std::async(std::launch::async, [&] { return backend->probe({}, {}).engine; }));
  }
  for (auto& answer : answers) EXPECT_EQ(answer.get(), "plain");
}

TEST_F(IsolatedPlugin, StillHasItsCoreWhenItEnds) {
  apart("says_goodbye")->probe({}, {});
  EXPECT_TRUE(sink_.has("test.says_goodbye: goodbye, host"));
}

TEST_F(IsolatedPlugin, EndsInOrderThoughWeAreKilledMeanwhile) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  Wire us{UniqueFd(ends[0])};
  const auto file = (folder_ / "goodbye").string();
  SpawnRequest request;
  request.argv = {FAIRLEAD_BINARY_DIR "/libexec/fairlead/fairlead-plugin-host",
                  library("says_goodbye"), FAIRLEAD_HOST_V1};
  request.env = {{"FAIRLEAD_TEST_GOODBYE", file}};
  const auto process = start_process(request, {UniqueFd(ends[1]), {}, {}});
  ASSERT_EQ(us.receive()->kind, WireKind::hello);
  us.send(WireKind::end, 0, 0, 0, {});
  EXPECT_EQ(us.receive()->kind, WireKind::call);  // what it asks the host at its end
  us.shut();
  EXPECT_EQ(wait_process(process, -1, std::chrono::seconds(60)).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(file));
}

TEST_F(IsolatedPlugin, LeavesNothingOpen) {
  { apart("well_behaved")->probe({}, {}); }
  const auto before = open_descriptors();
  { apart("well_behaved")->probe({}, {}); }
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(IsolatedPlugin, SettingSaysProcessOrNone) {
  ConfigureRequest settings;
  settings.settings = R"({"isolation":"thread"})";
  const auto error = thrown([&] { registry().open_backend("plain_c", local_host(), settings); });
  EXPECT_EQ(error.code(), "plugin.isolation");
  settings.settings = R"({"isolation":"none"})";
  EXPECT_EQ(registry().open_backend("plain_c", local_host(), settings)->probe({}, {}).engine,
            "plain");
}

}  // namespace
}  // namespace fairlead::test
