#include "engine/own_process.hpp"

#include "engine/commands.hpp"
#include "engine/passing_backend.hpp"
#include "unit/ports/sockets.hpp"

#include <fairlead/engine.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <ctime>
#include <memory>
#include <string>

namespace fairlead {
namespace {

class SilentLog final : public EventSink {
  void on_event(const LogEvent& /*event*/) override {}
};

/// Its one instance has ended, or it does not answer.
class EndedBackend final : public PassingBackend {
 public:
  EndedBackend() : PassingBackend(nullptr) {}
  const std::string& name() const override { return name_; }
  InstanceInfo inspect(const InspectRequest& request, CallOptions /*options*/) override {
    if (!answers) throw Error(Status::unavailable, "engine.unreachable", "Nobody answers.");
    ++asked;
    InstanceInfo info;
    info.id = request.id;
    info.state = runs ? InstanceState::running : InstanceState::stopped;
    info.status = "exited";
    return info;
  }

  bool answers = true;
  bool runs = false;
  int asked = 0;

 private:
  std::string name_ = "ended";
};

class OwnProcessTest : public ::testing::Test {
 protected:
  OwnProcessTest() { found_.backend = backend_; }

  /// What is told in the place of `error`.
  std::string told_for(const Error& error) {
    CreatedInstance made;
    made.instance.id = "abc";
    made.instance.labels["devcontainer.metadata"] = R"([{"overrideCommand": false}])";
    const Workspace workspace{.settings = core_.settings({}, nullptr)};
    const OwnProcess process(core_, workspace, found_, made, /*ran=*/false);
    try {
      process.look_behind(error, {});
    } catch (const Error& other) {
      return other.code();
    }
    return error.code();
  }

  static HookFailure failure(int status) {
    return {OperationError(Error(Status::failed, "hook.failed", "Command failed."), "It failed."),
            status};
  }

  /// How often it is asked about one that was started `age` ago and took `making` to make.
  int questions(std::chrono::milliseconds age, std::chrono::milliseconds making) {
    using Clock = std::chrono::system_clock;
    const auto time = Clock::now() - age;
    const auto rest = time.time_since_epoch() % std::chrono::seconds(1);
    const auto seconds = Clock::to_time_t(time);
    char text[64];
    const auto size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.", ::gmtime(&seconds));
    auto fraction =
        std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(rest).count());
    fraction.insert(0, 3 - fraction.size(), '0');
    CreatedInstance made;
    made.instance.id = "abc";
    made.instance.started = std::string(text, size) + fraction + "456789Z";
    made.instance.labels["devcontainer.metadata"] = R"([{"overrideCommand": false}])";
    const Workspace workspace{.settings = core_.settings({}, nullptr)};
    backend_->runs = true;
    backend_->asked = 0;
    const OwnProcess process(core_, workspace, found_, made, /*ran=*/false,
                             OwnProcess::Clock::now() - making);
    process.watch({});
    return backend_->asked;
  }

  ports::test::Folder folder_;
  SilentLog log_;
  Core core_{{.environment = {{"HOME", folder_.path()}, {"XDG_RUNTIME_DIR", folder_.path()}},
              .working_directory = folder_.path()},
             log_};
  std::shared_ptr<EndedBackend> backend_ = std::make_shared<EndedBackend>();
  Found found_;
};

TEST_F(OwnProcessTest, IsTheReasonForWhatComesOfItsEnd) {  // CFG-041
  const Error no_instance(Status::conflict, "instance.not_running", "It is not running.");
  EXPECT_EQ(told_for(no_instance), "environment.ended");
  EXPECT_EQ(told_for(failure(137)), "environment.ended");
}

/// What others of its group took longer for counts; a clock that is wrong does not.
TEST_F(OwnProcessTest, IsWatchedForAMomentSinceItsStart) {
  using namespace std::chrono_literals;
  EXPECT_EQ(questions(1s, 2s), 1);
  EXPECT_GT(questions(0s, 2s), 2);
  EXPECT_GT(questions(24h, 0s), 2);
  EXPECT_GT(questions(-24h, 2s), 2);
}

TEST_F(OwnProcessTest, LeavesAFailedCommandItsOwnReason) {
  EXPECT_EQ(told_for(failure(7)), "hook.failed");
  backend_->answers = false;
  EXPECT_EQ(told_for(failure(137)), "hook.failed");
}

}  // namespace
}  // namespace fairlead
