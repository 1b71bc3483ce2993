// Features in an environment that nothing can be built for: the backend offers exec and little
// more.

#include "fixture.hpp"

namespace fairlead::test {
namespace {

class InPlace : public IntegrationTest {
 protected:
  std::string target_name() const override { return "testbed"; }

  static void add_feature(const Workspace& project, const std::string& id,
                          const std::string& members, const std::string& script) {
    const auto folder = ".devcontainer/" + id;
    project.write(
        folder + "/devcontainer-feature.json",
        R"({"id":")" + id + R"(","version":"1.0.0","name":")" + id + "\"" + members + "}");
    project.write(folder + "/install.sh", "#!/bin/sh\nset -e\nmkdir -p /opt\n" + script);
  }
  static void configure(const Workspace& project, const std::string& features) {
    project.write(".devcontainer/devcontainer.json", R"({"image": ")" + std::string(base_image) +
                                                         R"(", "features": )" + features + "}");
  }
  RunResult up_again(const Workspace& project) { return run(up(project)); }
};

TEST_F(InPlace, InstallsOnceAndAgainWhenOptionsChange) {
  const Workspace project = workspace();
  add_feature(project, "a",
              R"(,"options":{"v":{"type":"string","default":"x"}},"containerEnv":)"
              R"({"A_HOME":"/opt/a","PATH":"/opt/a/bin:${PATH}"},"entrypoint":"/opt/a/start")",
              "id -u >/opt/a.ran\necho \"$V|$_REMOTE_USER|$A_HOME\" >>/opt/a.log\n"
              "mkdir -p /opt/a/bin\nprintf '#!/bin/sh\\necho started >>/opt/a.starts\\n' "
              ">/opt/a/start\nchmod +x /opt/a/start\n");
  add_feature(project, "b", R"(,"dependsOn":{"./a":{}})",
              "cat /opt/a.log >/opt/b.saw\necho \"$A_HOME|${PATH%%:*}\" >>/opt/b.log\n");
  configure(project, R"({"./b": {}, "./a": {"v": "1 $HOME 'q'"}})");
  // The same with the default is another one: both are installed.
  must_up(project);
  EXPECT_EQ(must_exec(project, "cat /opt/a.ran"), "0\n");
  EXPECT_EQ(must_exec(project, "cat /opt/b.log"), "/opt/a|/opt/a/bin\n");
  const auto log = must_exec(project, "sort /opt/a.log");
  EXPECT_EQ(log, "1 $HOME 'q'|root|/opt/a\nx|root|/opt/a\n");
  EXPECT_EQ(must_exec(project, "cat /opt/a.starts"), "started\nstarted\n");
  EXPECT_EQ(must_exec(project, "echo $A_HOME; echo ${PATH%%:*}"), "/opt/a\n/opt/a/bin\n");
  const auto record = must_exec(project, "cat /var/lib/fairlead/features/record.jsonl");

  EXPECT_EQ(up_again(project).exit_code, 0);  // nothing to do
  EXPECT_EQ(must_exec(project, "cat /var/lib/fairlead/features/record.jsonl"), record);

  configure(project, R"({"./b": {}, "./a": {"v": "2"}})");
  const auto changed = up_again(project);
  EXPECT_EQ(changed.exit_code, 0) << changed.text();
  EXPECT_NE(changed.err.find("Updating feature ./a"), std::string::npos) << changed.text();
  EXPECT_EQ(must_exec(project, "tail -n 1 /opt/a.log"), "2|root|/opt/a\n");
  EXPECT_EQ(must_exec(project, "wc -l </opt/b.log"), "1\n");  // b stays as it is
  EXPECT_NE(must_exec(project, "cat /var/lib/fairlead/features/record.jsonl")
                .find(R"("event":"options changed")"),
            std::string::npos);
}

TEST_F(InPlace, SaysWhatFailedAndGoesOnThere) {
  const Workspace project = workspace();
  add_feature(project, "good", "", "echo x >>/opt/good\n");
  add_feature(project, "wrong", R"(,"installsAfter":["./good"])",
              "echo 'no such mirror'\ntest -e /opt/now\necho x >>/opt/wrong\n");
  configure(project, R"({"./good": {}, "./wrong": {}})");
  const auto failed = up_again(project);
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_NE(failed.err.find("'./wrong' failed to install"), std::string::npos) << failed.text();
  EXPECT_NE(failed.err.find("no such mirror"), std::string::npos) << failed.text();
  must_exec(project, ": >/opt/now");
  must_up(project);
  EXPECT_EQ(must_exec(project, "cat /opt/good /opt/wrong"), "x\nx\n");
}

TEST_F(InPlace, SaysThatNothingIsTakenAway) {
  const Workspace project = workspace();
  add_feature(project, "a", "", ":\n");
  add_feature(project, "b", "", ":\n");
  configure(project, R"({"./a": {}, "./b": {}})");
  must_up(project);
  configure(project, R"({"./b": {}})");
  const auto result = up_again(project);
  EXPECT_EQ(result.exit_code, 0) << result.text();
  EXPECT_NE(result.err.find("'./a' is no longer wanted"), std::string::npos) << result.text();
}

// FEAT-060
TEST_F(InPlace, RefusesWhatTheControlManifestLists) {
  const Workspace project = workspace();
  add_feature(project, "a", "", ":\n");
  configure(project, R"({"./a": {}})");
  const auto list = test_run().below("control.json");
  write_file(list, R"({"disallowedFeatures":[{"featureIdPrefix":"./a",)"
                   R"("documentationURL":"https://why.test"}]})");
  test_run().set("FAIRLEAD_CONTROL_MANIFEST", list.string());
  const auto refused = up_again(project);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("Cannot use the './a' Feature"), std::string::npos) << refused.text();
  EXPECT_NE(refused.err.find("https://why.test"), std::string::npos) << refused.text();
  EXPECT_TRUE(instances().empty());
  write_file(list, "not JSON");
  must_up(project);
}

}  // namespace
}  // namespace fairlead::test
