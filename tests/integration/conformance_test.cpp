// The conformance suite on our backends. With FAIRLEAD_CONFORMANCE_RESULTS it adds its results to
// that file, of which tools/conformance makes the table in docs/conformance.md.

#include "support/engine_api.hpp"
#include "support/target.hpp"
#include "support/test_run.hpp"

#include <fairlead/conformance/suite.hpp>
#include <fairlead/plugins.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <memory>

namespace fairlead::test {
namespace {

class Silent : public EventSink {
 public:
  void on_event(const LogEvent&) override {}
};

/// A backend of the core as the suite wants it.
class Adapter : public conformance::Subject {
 public:
  explicit Adapter(Backend& backend) : backend_(backend) {}

  Capabilities capabilities() override { return backend_.probe({}, {}).capabilities; }
  std::string create(const CreateRequest& request) override {
    return backend_.create(request, {}).id;
  }
  std::string start(const std::string& id) override { return backend_.start({id}, {}).id; }
  void stop(const std::string& id) override { backend_.stop({id}, {}); }
  void remove(const std::string& id) override {
    backend_.remove({.id = id, .force = true, .volumes = true}, {});
  }
  InstanceInfo inspect(const std::string& id) override { return backend_.inspect({id}, {}); }
  std::vector<InstanceInfo> list(const std::vector<std::string>& labels) override {
    return backend_.list({.labels = labels}, {}).instances;
  }
  int exec(ExecRequest request, conformance::Run run) override {
    auto options = options_of(run);
    if (run.in) request.in = options.pass(std::move(run.in));
    if (run.out) request.out = options.pass(std::move(run.out));
    if (run.err) request.err = options.pass(std::move(run.err));
    return backend_.exec(request, std::move(options)).exit_code;
  }
  void exec_control(const ExecControlRequest& request) override {
    backend_.exec_control(request, {});
  }
  void logs(LogsRequest request, conformance::Run run) override {
    auto options = options_of(run);
    if (run.out) request.out = options.pass(std::move(run.out));
    backend_.logs(request, std::move(options));
  }
  void copy_in(CopyInRequest request, UniqueFd archive) override {
    CallOptions options;
    request.archive = options.pass(std::move(archive));
    backend_.copy_in(request, std::move(options));
  }
  void copy_out(CopyOutRequest request, UniqueFd archive) override {
    CallOptions options;
    request.archive = options.pass(std::move(archive));
    backend_.copy_out(request, std::move(options));
  }
  UniqueFd dial(const DialRequest& request) override { return backend_.dial(request, {}); }
  void watch(const WatchRequest& request, conformance::Run run) override {
    backend_.watch(request, options_of(run));
  }

 private:
  static CallOptions options_of(conformance::Run& run) {
    return {.stop = run.stop, .on_event = run.on_event};
  }
  Backend& backend_;
};

class Conformance : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    target_ = make_target(GetParam());
    if (const auto why = target_->missing(); !why.empty()) GTEST_SKIP() << "skipped: " << why;
    target_->configure(run_);
    registry_ = std::make_unique<PluginRegistry>(
        PluginSearch{{FAIRLEAD_BINARY_DIR "/lib/fairlead/plugins"}, run_.below("state").string()},
        Log(quiet_));
    ConfigureRequest settings;
    for (const auto& [name, value] : run_.environment()) settings.environment[name] = value;
    settings.working_directory = run_.folder().string();
    const auto name = std::string(GetParam()).substr(0, std::string(GetParam()).find('-'));
    backend_ = registry_->open_backend(name, local_host(), settings);
  }

  static void record(const std::string& backend, const conformance::Result& result) {
    constexpr const char* words[] = {"yes", "NO", "-"};
    const auto file = variable("FAIRLEAD_CONFORMANCE_RESULTS");
    if (file.empty()) return;
    std::ofstream(file, std::ios::app) << backend << '\t' << result.check << '\t'
                                       << words[static_cast<int>(result.outcome)] << '\n';
  }

  TestRun run_;
  Silent quiet_;
  std::unique_ptr<Target> target_;
  std::unique_ptr<PluginRegistry> registry_;
  std::unique_ptr<Backend> backend_;
};

TEST_P(Conformance, Holds) {
  Adapter subject(*backend_);
  const auto engine = variable("FAIRLEAD_TEST_ENGINE");
  const auto name = (GetParam() == std::string("docker") ? "Docker " : "") + engine +
                    (GetParam() == std::string("podman-command") ? " (no service)" : "");
  conformance::run_checks(subject, {.image = base_image, .mark = run_.id()},
                          [&](const conformance::Result& result) {
                            record(name, result);
                            EXPECT_NE(result.outcome, conformance::Outcome::failed)
                                << result.check << ": " << result.why;
                          });
}

INSTANTIATE_TEST_SUITE_P(On, Conformance, ::testing::Values("docker"));
INSTANTIATE_TEST_SUITE_P(OnPodman, Conformance, ::testing::Values("podman"));

}  // namespace
}  // namespace fairlead::test
