#include "plugin_fixture.hpp"

#include <sys/socket.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>

namespace fairlead::test {
namespace {

class Plugins : public PluginTest {};

TEST_F(Plugins, AreListedWithoutBeingLoaded) {
  const auto* plugin = registry().find_backend("plain_c");
  ASSERT_NE(plugin, nullptr);
  EXPECT_EQ(plugin->id, "test.plain_c");
  EXPECT_EQ(plugin->version, "1.0.0");
  EXPECT_EQ(plugin->library_path, library("plain_c"));
  EXPECT_GT(registry().entries().size(), 15U);  // those that cannot even be loaded among them
}

TEST_F(Plugins, ThatDoNotExistAreNotFoundAndTheNearestIsNamed) {
  const auto error = thrown([&] { open("plain_d"); });
  EXPECT_EQ(error.status(), Status::not_found);
  EXPECT_EQ(error.code(), "backend.unknown");
  EXPECT_NE(error.message().find("There is no backend 'plain_d'. Installed: "), std::string::npos);
  EXPECT_NE(error.hint().find("plain_c"), std::string::npos);
}

TEST_F(Plugins, InPlainCAnswer) {
  const auto backend = open("plain_c");
  EXPECT_EQ(backend->name(), "plain_c");
  const auto reply = backend->probe({}, {});
  EXPECT_EQ(reply.engine, "plain");
  EXPECT_TRUE(reply.capabilities.dial);
  EXPECT_TRUE(sink_.has("test.plain_c: asked what it can do"));
}

TEST_F(Plugins, MayAnswerFromAThreadOfTheirOwn) {
  std::atomic<int> half = 0;
  CallOptions options;
  options.on_event = [&](const Event& event) {
    if (event.progress && event.progress->text == "half") ++half;
  };
  const auto list = open("plain_c")->list({}, std::move(options));
  ASSERT_EQ(list.instances.size(), 1U);
  EXPECT_EQ(list.instances[0].state, InstanceState::running);
  EXPECT_EQ(half, 1);
}

TEST_F(Plugins, HandOverDescriptors) {
  const auto stream = open("plain_c")->dial({}, {});
  std::array<char, 16> buffer{};
  ASSERT_EQ(::recv(stream.get(), buffer.data(), buffer.size(), MSG_WAITALL), 5);
  EXPECT_EQ(std::string(buffer.data()), "hello");
}

TEST_F(Plugins, FailWithStatusCodeMessageAndHint) {
  const auto error = thrown([&] { open("plain_c")->inspect({}, {}); });
  EXPECT_EQ(error.status(), Status::not_found);
  EXPECT_EQ(error.code(), "instance.not_found");
  EXPECT_EQ(error.message(), "there is none");
  EXPECT_EQ(error.hint(), "make one");
}

TEST_F(Plugins, AreCancelledByTheStopToken) {
  std::stop_source stop;
  CallOptions options;
  options.stop = stop.get_token();
  options.on_event = [&](const Event&) { stop.request_stop(); };
  const auto error = thrown([&] { open("plain_c")->watch({}, std::move(options)); });
  EXPECT_EQ(error.status(), Status::cancelled);
  EXPECT_EQ(error.code(), "call.cancelled");
}

TEST_F(Plugins, AreCancelledByTheirDeadline) {
  CallOptions options;
  options.timeout = std::chrono::milliseconds(20);
  const auto error = thrown([&] { open("plain_c")->watch({}, std::move(options)); });
  EXPECT_EQ(error.status(), Status::timeout);
  EXPECT_EQ(error.code(), "call.timeout");
  EXPECT_EQ(error.message(),
            "the operation 'watch' of the plugin 'test.plain_c' did not end within 20 ms");
}

TEST_F(Plugins, AreNotEvenCalledWhenAlreadyCancelled) {
  std::stop_source stop;
  stop.request_stop();
  CallOptions options;
  options.stop = stop.get_token();
  const auto backend = open("segfaults");
  EXPECT_EQ(thrown([&] { backend->probe({}, std::move(options)); }).status(), Status::cancelled);
}

TEST_F(Plugins, LetWhatTheListenerThrowsThrough) {
  CallOptions options;
  options.on_event = [](const Event&) { throw Error(Status::failed, "test.listener", "enough"); };
  EXPECT_EQ(thrown([&] { open("plain_c")->watch({}, std::move(options)); }).code(),
            "test.listener");
}

TEST_F(Plugins, MayBeCalledFromManyThreads) {
  const auto backend = open("plain_c");
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (int call = 0; call < 50; ++call) {
          right += backend->list({}, {}).instances.size() == 1 ? 1 : 0;
        }
      });
    }
  }
  EXPECT_EQ(right, 400);
}

TEST_F(Plugins, RefuseSettingsInTheirOwnWords) {
  ConfigureRequest settings;
  settings.settings = R"({"mode":"refuse me"})";
  const auto error =
      thrown([&] { registry().open_backend("well_behaved", local_host(), settings); });
  EXPECT_EQ(error.code(), "test.settings");
  EXPECT_EQ(error.hint(), "choose others");
}

TEST_F(Plugins, LeaveNoDescriptorBehind) {
  { open("well_behaved")->probe({}, {}); }
  const auto before = open_descriptors();
  {
    const auto backend = open("well_behaved");
    backend->probe({}, {});
    ExecRequest request;
    request.argv = {"true"};
    EXPECT_EQ(backend->exec(request, {}).exit_code, 0);
  }
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(Plugins, WithOneIdTwiceLoseToTheFirst) {
  write("one.plugin.toml", "id='a'\nversion='1'\nabi='1.0'\nbackends=['a']\n");
  write("two.plugin.toml", "id='a'\nversion='2'\nabi='1.0'\nbackends=['a']\n");
  write("one.so", "x");
  write("two.so", "x");
  const PluginRegistry found({.folders = {folder_, folder_}, .state_folder = {}}, Log(sink_));
  ASSERT_EQ(found.entries().size(), 2U);
  EXPECT_EQ(found.find_backend("a")->version, "1");
  const auto first = (folder_ / "one.plugin.toml").string();
  const auto why = "another plugin with the id 'a' comes first: " + first;
  EXPECT_EQ(found.entries()[1].refusal, why);
  EXPECT_TRUE(sink_.has((folder_ / "two.plugin.toml").string() + " is not used: " + why));
}

TEST_F(Plugins, InMissingFoldersAreNone) {
  const PluginRegistry found({.folders = {folder_ / "nowhere"}, .state_folder = {}}, Log(sink_));
  EXPECT_TRUE(found.entries().empty());
}

}  // namespace
}  // namespace fairlead::test
