// The conformance suite on our backends. With FAIRLEAD_CONFORMANCE_RESULTS it adds its results to
// that file, of which tools/conformance makes the table in docs/conformance.md.

#include "plugins/kit/backend_subject.hpp"
#include "support/engine_api.hpp"
#include "support/files.hpp"
#include "support/json.hpp"
#include "support/target.hpp"
#include "support/test_run.hpp"

#include <fairlead/conformance/suite.hpp>
#include <fairlead/plugins.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cctype>
#include <fstream>
#include <map>
#include <memory>

namespace fairlead::test {
namespace {

class Silent : public EventSink {
 public:
  void on_event(const LogEvent&) override {}
};

/// Each instance is the only service of a project of its own.
class ThroughCompose : public kit::BackendSubject {
 public:
  ThroughCompose(Backend& backend, const TestRun& run)
      : BackendSubject(backend), backend_(backend), run_(run) {}

  Capabilities capabilities() override {
    auto can = BackendSubject::capabilities();
    EXPECT_TRUE(can.service_groups);
    return can;
  }
  std::string create(const CreateRequest& wanted) override {
    auto request = wanted;
    const auto name = "p" + std::to_string(++made_) + "-" + lower(run_.id());
    const auto folder = run_.below("work/" + name);
    write_file(folder / "compose.yml",
               "services:\n  app:\n    image: " + wanted.image + "\n    stop_grace_period: 10s\n");
    request.group = Group{.files = {(folder / "compose.yml").string()},
                          .folder = folder.string(),
                          .service = "app",
                          .state_folder = (folder / "state").string(),
                          .cache_folder = (folder / "cache").string()};
    const auto id = backend_.create(request, {}).id;
    groups_[id] = *request.group;
    return id;
  }
  std::string start(const std::string& id) override {
    return backend_.start({.id = id, .group = groups_.at(id)}, {}).id;
  }
  void stop(const std::string& id) override {
    backend_.stop({.id = id, .group = groups_.at(id)}, {});
  }
  void remove(const std::string& id) override {
    try {
      backend_.remove({.id = id, .force = true, .volumes = true, .group = groups_.at(id)}, {});
    } catch (const Error& error) {
      if (error.status() != Status::not_found) throw;
    }
  }

 private:
  static std::string lower(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
  }
  Backend& backend_;
  const TestRun& run_;
  std::atomic<int> made_ = 0;
  std::map<std::string, Group> groups_;
};

std::string shown_name(const std::string& engine) {
  static const std::map<std::string, std::string> names = {
      {"20", "Docker 20"},
      {"26", "Docker 26"},
      {"28", "Docker 28"},
      {"podman", "Podman 4.3"},
      {"podman-rootless", "Podman 4.3 rootless"},
      {"podman5", "Podman 5.4"},
      {"podman5-rootless", "Podman 5.4 rootless"}};
  const auto found = names.find(engine);
  return found == names.end() ? engine : found->second;
}

class Conformance : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const bool podman = variable("DOCKER_HOST") == variable("FAIRLEAD_TEST_PODMAN");
    target_ = make_target(podman ? "podman" : "docker");
    if (const auto why = target_->missing(); !why.empty()) GTEST_SKIP() << "skipped: " << why;
    target_->configure(run_);
    registry_ = std::make_unique<PluginRegistry>(
        PluginSearch{{FAIRLEAD_BINARY_DIR "/lib/fairlead/plugins"}, run_.below("state").string()},
        Log(quiet_));
    ConfigureRequest settings;
    for (const auto& [name, value] : run_.environment()) settings.environment[name] = value;
    settings.working_directory = run_.folder().string();
    const std::string parameter = GetParam();
    const auto name = parameter.substr(0, parameter.find('-'));
    if (name == "compose") {
      if (variable("FAIRLEAD_TEST_COMPOSE").empty()) GTEST_SKIP() << "skipped: no Compose";
      settings.settings =
          "{\"compose_path\": " + json_quote(variable("FAIRLEAD_TEST_COMPOSE")) + "}";
    }
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
  const bool through_compose = GetParam() == std::string("compose");
  const auto engine = shown_name(variable("FAIRLEAD_TEST_ENGINE"));
  const auto name = (through_compose ? "Compose on " : "") + engine;
  std::unique_ptr<kit::BackendSubject> subject;
  if (through_compose) {
    subject = std::make_unique<ThroughCompose>(*backend_, run_);
  } else {
    subject = std::make_unique<kit::BackendSubject>(*backend_);
  }
  conformance::run_checks(*subject, {.image = base_image, .mark = run_.id()},
                          [&](const conformance::Result& result) {
                            record(name, result);
                            EXPECT_NE(result.outcome, conformance::Outcome::failed)
                                << result.check << ": " << result.why;
                          });
}

INSTANTIATE_TEST_SUITE_P(On, Conformance, ::testing::Values("docker"));
INSTANTIATE_TEST_SUITE_P(OnPodman, Conformance, ::testing::Values("podman"));
INSTANTIATE_TEST_SUITE_P(ThroughCompose, Conformance, ::testing::Values("compose"));

}  // namespace
}  // namespace fairlead::test
