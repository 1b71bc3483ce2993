// What an environment goes through: secrets, dotfiles, /etc, commands behind `up`. LIFE, SEC, USER.

#include "fixture.hpp"
#include "support/wait.hpp"

namespace fairlead::test {
namespace {

class Life : public DockerTest {
 protected:
  /// Until the commands behind an `up` are done: nobody but them makes the file.
  static bool appears(const std::filesystem::path& file) {
    return wait_until(std::chrono::seconds(30), [&] { return std::filesystem::exists(file); });
  }
  RunRequest own(const std::string& command, const Workspace& project,
                 std::vector<std::string> more = {}) const {
    std::vector<std::string> words = {command, "--workspace-folder", project.folder.string()};
    words.insert(words.end(), more.begin(), more.end());
    return fairlead(std::move(words));
  }
};

TEST_F(Life, GoesOnBehindUp) {  // LIFE-017
  const Workspace project = workspace(
      R"("updateContentCommand": "echo content >> order", "postCreateCommand":
           "until test -e go; do sleep 0.05; done; echo created-now; echo created >> order",
         "postAttachCommand": "echo attached >> order; touch done")");
  const RunResult first = run(own("up", project, {"--json"}));
  ASSERT_EQ(first.exit_code, 0) << first.text();
  EXPECT_NE(first.out.find("\"background\":true"), std::string::npos) << first.out;
  EXPECT_EQ(project.read("order"), "content\n");
  const RunResult second = run(own("up", project, {"--json"}));  // joins
  EXPECT_NE(second.err.find("still run"), std::string::npos) << second.text();
  project.write("go", "");
  ASSERT_TRUE(appears(project.folder / "done"));
  EXPECT_EQ(project.read("order"), "content\ncreated\nattached\n");
  EXPECT_NE(run(own("logs", project)).out.find("created-now"), std::string::npos);
}

TEST_F(Life, EndsWithTheContainer) {  // LIFE-017
  const Workspace project = workspace(R"("postCreateCommand": "touch begun; sleep 100")");
  ASSERT_EQ(run(own("up", project)).exit_code, 0);
  ASSERT_TRUE(appears(project.folder / "begun"));
  const RunResult stopped = run(own("stop", project));
  EXPECT_EQ(stopped.exit_code, 0) << stopped.text();
  std::filesystem::remove(project.folder / "begun");
  ASSERT_EQ(run(own("up", project)).exit_code, 0);  // interrupted, so once more
  ASSERT_TRUE(appears(project.folder / "begun"));
  EXPECT_EQ(run(own("down", project)).exit_code, 0);
}

TEST_F(Life, TriesAgainWhatFailed) {
  const Workspace project = workspace(
      R"("postCreateCommand": "echo the-end-of-it; test -e mended && touch done || exit 3")");
  const RunResult first = run(own("up", project, {"--wait"}));
  EXPECT_EQ(first.exit_code, 1);
  EXPECT_NE(first.err.find("devcontainer.json:"), std::string::npos) << first.err;
  EXPECT_NE(first.err.find("exit code 3"), std::string::npos) << first.err;
  EXPECT_NE(first.err.find("output ended with\nthe-end-of-it"), std::string::npos) << first.err;
  project.write("mended", "");
  EXPECT_EQ(run(own("up", project, {"--wait"})).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(project.folder / "done"));
}

TEST_F(Life, KeepsSecretsSecret) {  // LIFE-025, 026, SEC-002..004
  const Workspace project = workspace(
      R"("secrets": {"DECLARED": {"description": "d"}}, "remoteEnv": {"TOKEN": "remote"},
         "postCreateCommand": ["sh", "./show"])");
  project.write("show",
                "printf '%s|' \"$TOKEN\" \"$LINES_\" \"$DECLARED\" > seen\n"
                "printf 'hush '; sleep 0.2; echo 'hush!'; exit 9\n");
  project.write("secrets.json", R"({"TOKEN": "hush hush!", "LINES_": "it's\ntwo"} // comment)");
  auto request =
      own("up", project, {"--wait", "--secrets-file", (project.folder / "secrets.json").string()});
  request.environment["DECLARED"] = "from-environment";
  const RunResult result = run(std::move(request));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(project.read("seen"), "hush hush!|it's\ntwo|from-environment|");
  EXPECT_EQ(result.text().find("hush hush!"), std::string::npos) << result.text();
  EXPECT_NE(result.err.find("********"), std::string::npos) << result.text();
  EXPECT_EQ(must_exec(project, "echo $TOKEN"), "remote\n");
}

TEST_F(Life, TakesDeclaredSecretsFromACommand) {  // SEC-002
  const Workspace project = workspace(R"("secrets": {"FIRST": {}, "SECOND": {}},
      "postCreateCommand": "printf '%s|' \"$FIRST\" \"${SECOND-none}\" > seen; echo $FIRST")");
  write_file(test_run().below("config") / "fairlead/config.toml",
             "secrets_command = [\"sh\", \"-c\", \"test $0 = FIRST && echo from-a-command\"]\n");
  const RunResult result = run(own("up", project, {"--wait"}));
  EXPECT_EQ(result.exit_code, 0) << result.text();
  EXPECT_EQ(project.read("seen"), "from-a-command|none|");
  EXPECT_EQ(result.text().find("from-a-command"), std::string::npos) << result.text();
}

TEST_F(Life, AsksForDeclaredSecretsOnATerminal) {  // SEC-002
  const Workspace project = workspace(
      R"("secrets": {"FIRST": {"description": "what for", "documentationUrl": "https://where"},
                     "SECOND": {}},
         "postCreateCommand": "printf '%s|' \"$FIRST\" \"${SECOND-none}\" > seen; echo $FIRST")");
  auto request = own("up", project, {"--wait"});
  request.terminal = true;
  ChildProcess child(std::move(request));
  ASSERT_TRUE(child.wait_for_output("FIRST (what for)", milliseconds(30'000))) << child.out();
  child.write("typed in\r");
  ASSERT_TRUE(child.wait_for_output("SECOND", milliseconds(30'000))) << child.out();
  child.write("\r");
  const RunResult result = child.finish();
  EXPECT_EQ(result.exit_code, 0) << result.text();
  EXPECT_EQ(project.read("seen"), "typed in|none|");
  EXPECT_EQ(result.out.find("typed in"), std::string::npos) << result.text();
}

TEST_F(Life, UpdatesContentForANewCommit) {  // LIFE-004
  const Workspace project = workspace(R"("onCreateCommand": "echo created >> log",
                                         "updateContentCommand": "echo updated >> log")");
  project.write(".git/HEAD", "1111111111111111111111111111111111111111\n");
  must_own_up(project);
  must_own_up(project);
  EXPECT_EQ(project.read("log"), "created\nupdated\n");
  project.write(".git/HEAD", "2222222222222222222222222222222222222222\n");
  must_own_up(project);
  must_own_up(project);
  EXPECT_EQ(project.read("log"), "created\nupdated\nupdated\n");
}

TEST_F(Life, PrebuildsTwiceThenGoesOn) {  // LIFE-018
  const Workspace project = workspace(
      R"("onCreateCommand": "echo created >> log", "updateContentCommand": "echo updated >> log",
         "postCreateCommand": "echo $TOKEN >> log")");
  project.write("secrets.json", R"({"TOKEN": "late"})");
  const auto file = (project.folder / "secrets.json").string();
  for (int i = 0; i < 2; ++i) {
    const RunResult result = run(
        up(project, {"--prebuild", "--dotfiles-repository", "me/dots", "--secrets-file", file}));
    EXPECT_EQ(result.exit_code, 0) << result.text();
    EXPECT_EQ(result.err.find("Dotfiles"), std::string::npos) << result.text();
  }
  EXPECT_EQ(project.read("log"), "created\nupdated\nupdated\n");
  ASSERT_EQ(run(up(project, {"--secrets-file", file})).exit_code, 0);
  EXPECT_EQ(project.read("log"), "created\nupdated\nupdated\nlate\n");
}

TEST_F(Life, RefusesABrokenSecretsFile) {  // SEC-005
  const Workspace project = workspace();
  project.write("secrets.json", "{");
  const RunResult result =
      run(up(project, {"--secrets-file", (project.folder / "secrets.json").string()}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.out,
            "{\"outcome\":\"error\",\"message\":\"Invalid json data\",\"description\":"
            "\"Failed to read/parse secrets\"}\n");
  EXPECT_TRUE(instances().empty());
}

TEST_F(Life, InstallsDotfilesOnce) {  // LIFE-020, 021
  const Workspace project = workspace(R"("onCreateCommand": "cp git /usr/local/bin/git",
      "postCreateCommand": "echo created >> order", "postStartCommand": "echo started >> order")");
  // What the script asks of git: clone --depth 1 FROM TO.
  project.write("git",
                "#!/bin/sh\nmkdir -p \"$5\"; printf '#!/bin/sh\\necho dotfiles from '$4' >> " +
                    project.inside() + "/order' > \"$5/install.sh\"\n");
  std::filesystem::permissions(project.folder / "git", std::filesystem::perms::all);
  const std::vector<std::string> words{"--dotfiles-repository", "me/dots"};
  ASSERT_EQ(run(up(project, words)).exit_code, 0);
  ASSERT_EQ(run(up(project, words)).exit_code, 0);
  EXPECT_EQ(project.read("order"),
            "created\ndotfiles from https://github.com/me/dots.git\nstarted\n");
}

TEST_F(Life, PreparesTheSystemOnce) {  // USER-014
  const Workspace project = workspace(R"("containerEnv": {"WORD": "a b"})");
  must_up(project);
  must_up(project);
  EXPECT_EQ(
      must_exec(project, "grep -c '^WORD=\"a b\"$' /etc/environment; ls -A /var/devcontainer"),
      "1\n.patchEtcEnvironmentMarker\n.patchEtcProfileMarker\n");
}

TEST_F(Life, KeepsTheProbedEnvironmentInTheSessionsFolder) {  // USER-015
  const Workspace project = workspace(R"("postAttachCommand": "echo $PROBED >> seen")");
  const std::vector<std::string> words{"--container-session-data-folder", "/tmp/session"};
  ASSERT_EQ(run(up(project, words)).exit_code, 0);
  must_exec(project, "echo '{\"PROBED\":\"kept\"}' > /tmp/session/env-loginInteractiveShell.json");
  ASSERT_EQ(run(up(project, words)).exit_code, 0);
  EXPECT_EQ(project.read("seen"), "\nkept\n");
}

}  // namespace
}  // namespace fairlead::test
