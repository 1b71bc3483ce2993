// `features test`: authors' tests of their features, in environments made for them.

#include "fixture.hpp"

namespace fairlead::test {
namespace {

class FeatureTests : public IntegrationTest, public ::testing::WithParamInterface<std::string> {
 protected:
  std::string target_name() const override { return GetParam(); }

  void add(const std::string& path, const std::string& content) {
    write_file(test_run().below("c") / path, content);
  }
  /// A feature that writes how it was greeted.
  void add_feature() {
    add("src/hello/devcontainer-feature.json",
        R"({"id": "hello", "version": "1.0.0", "name": "H", "options": {"greeting": {)"
        R"("type": "string", "proposals": ["hey", "yo"], "default": "hey"}}})");
    add("src/hello/install.sh", "#!/bin/sh\necho \"$GREETING\" >>/greetings\n");
  }
  RunResult test_features(std::vector<std::string> more) {
    more.insert(more.begin(),
                {"features", "test", "--project-folder", test_run().below("c").string(),
                 "--base-image", base_image, "--backend", GetParam()});
    auto request = fairlead(std::move(more));
    request.timeout = milliseconds(170'000);
    return run(std::move(request));
  }
};

// DIST-024
TEST_P(FeatureTests, RunScriptsScenariosAndDuplicates) {
  add_feature();
  add("test/hello/test.sh", "#!/bin/sh\ngrep -x hey /greetings\n");
  add("test/hello/scenarios.json",
      R"({"loud": {"image": ")" + base_image + R"(", "features": {"hello": {"greeting": "yo"}}}})");
  add("test/hello/loud.sh", "#!/bin/sh\ngrep -x yo /greetings && test -e .devcontainer/more\n");
  add("test/hello/loud/more", "");
  add("test/hello/duplicate.sh",
      "#!/bin/sh\ntest \"$(wc -l </greetings)\" = 2 && grep -x yo /greetings && "
      "test \"$GREETING $GREETING__DEFAULT\" = 'yo hey'\n");
  add("test/_global/scenarios.json",
      R"({"all": {"image": ")" + base_image + R"(", "features": {"hello": {}}}})");
  add("test/_global/all.sh", "#!/bin/sh\ntest -e /greetings\n");
  const RunResult result = test_features({});
  EXPECT_EQ(result.exit_code, 0) << result.text();
  for (const char* name : {"hello", "loud", "all"}) {
    EXPECT_NE(result.out.find("Passed:      '" + std::string(name)), std::string::npos)
        << result.text();
  }
  EXPECT_EQ(result.out.find("Failed"), std::string::npos);
  EXPECT_TRUE(instances().empty());
}

TEST_P(FeatureTests, NameWhatFails) {
  add_feature();
  add("test/hello/test.sh", "#!/bin/sh\ngrep -x howdy /greetings\n");
  const RunResult failed = test_features({"--skip-scenarios", "--skip-duplicated"});
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_NE(failed.out.find("Failed:      'hello'"), std::string::npos) << failed.text();
  EXPECT_TRUE(instances().empty());
  EXPECT_EQ(test_features({"--features", "nobody"}).exit_code, 1);
}

INSTANTIATE_TEST_SUITE_P(On, FeatureTests, ::testing::Values("docker", "testbed"),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace fairlead::test
