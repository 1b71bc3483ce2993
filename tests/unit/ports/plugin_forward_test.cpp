#include "engine/plugin_forward.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>

namespace fairlead {
namespace {

/// A plugin's forwarder as a test wants it.
class FakeForwarder final : public PortForwarder {
 public:
  using Forward = std::function<void(const PortsForwardRequest&, CallOptions&)>;
  explicit FakeForwarder(Forward forward) : forward_(std::move(forward)) {}
  void detect(const PortsDetectRequest&, CallOptions) override {}
  void forward(const PortsForwardRequest& request, CallOptions options) override {
    forward_(request, options);
  }

 private:
  Forward forward_;
};

void wait_for_stop(const CallOptions& options) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait(lock, options.stop, [] { return false; });
}

std::string code_of(FakeForwarder::Forward forward) {
  try {
    const PluginForward made(std::make_shared<FakeForwarder>(std::move(forward)), {}, {});
  } catch (const Error& error) {
    return error.code();
  }
  return {};
}

TEST(PluginForward, LastsAsLongAsItsObject) {
  std::atomic<bool> ended{false};
  const auto forwarder = std::make_shared<FakeForwarder>([&](const auto& request, auto& options) {
    EXPECT_EQ(request.port, 80);
    options.on_event({.started = "127.0.0.1:5000"});
    wait_for_stop(options);
    ended = true;
  });
  {
    const PluginForward made(forwarder, {.id = "c", .host = "127.0.0.1", .port = 80}, {});
    EXPECT_EQ(made.address(), "127.0.0.1");
    EXPECT_EQ(made.port(), 5000);
    EXPECT_FALSE(ended);
  }
  EXPECT_TRUE(ended);
}

TEST(PluginForward, SaysWhatThePluginSays) {
  EXPECT_EQ(
      code_of([](const auto&, auto&) { throw Error(Status::conflict, "ports.taken", "taken"); }),
      "ports.taken");
}

TEST(PluginForward, KnowsOneThatDoesNotSayWhere) {
  EXPECT_EQ(code_of([](const auto&, auto&) {}), "ports.plugin");
  EXPECT_EQ(code_of([](const auto&, auto& options) {
              options.on_event({.started = "nowhere"});
              wait_for_stop(options);
            }),
            "ports.plugin");
}

TEST(PluginForward, StopsWaitingWhenItIsTold) {
  std::stop_source source;
  const auto forwarder = std::make_shared<FakeForwarder>([&](const auto&, auto& options) {
    source.request_stop();
    wait_for_stop(options);
  });
  EXPECT_THROW(PluginForward(forwarder, {}, source.get_token()), Error);
}

}  // namespace
}  // namespace fairlead
