// Images and containers through Docker's plugin, and what it says of the engine.

#include "docker_plugin_fixture.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <mutex>

namespace fairlead::test {
namespace {

using namespace std::chrono_literals;

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

}  // namespace
}  // namespace fairlead::test
