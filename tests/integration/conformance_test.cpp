// The conformance suite on our backends. With FAIRLEAD_CONFORMANCE_RESULTS it adds its results to
// that file, of which tools/conformance makes the table in docs/conformance.md.

#include "plugins/kit/backend_subject.hpp"
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
  kit::BackendSubject subject(*backend_);
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
