#include "engine/own_process.hpp"

#include "engine/commands.hpp"
#include "engine/passing_backend.hpp"
#include "unit/ports/sockets.hpp"

#include <fairlead/engine.hpp>

#include <gtest/gtest.h>

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
    InstanceInfo info;
    info.id = request.id;
    info.state = InstanceState::stopped;
    info.status = "exited";
    return info;
  }

  bool answers = true;

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

TEST_F(OwnProcessTest, LeavesAFailedCommandItsOwnReason) {
  EXPECT_EQ(told_for(failure(7)), "hook.failed");
  backend_->answers = false;
  EXPECT_EQ(told_for(failure(137)), "hook.failed");
}

}  // namespace
}  // namespace fairlead
