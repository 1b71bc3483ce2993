// attach, inspect, cp, prune, doctor, trust.

#include "fixture.hpp"

#include <sys/stat.h>

namespace fairlead::test {
namespace {

class Care : public DockerTest {
 protected:
  RunRequest words(const std::string& command, const Workspace& project,
                   std::vector<std::string> more = {}) const {
    std::vector<std::string> all = {command, "--workspace-folder", project.folder.string()};
    all.insert(all.end(), more.begin(), more.end());
    return fairlead(std::move(all));
  }
  RunResult own(const std::string& command, const Workspace& project,
                std::vector<std::string> more = {}) const {
    return run(words(command, project, std::move(more)));
  }
  RunRequest untrusting(RunRequest request) const {
    request.environment["FAIRLEAD_TRUST"] = "ask";
    return request;
  }
};

TEST_F(Care, AttachesToAnyRunningContainer) {  // VSC-007
  const Workspace project = workspace();
  const std::string id = must_up(project);
  RunRequest request = fairlead({"attach", id.substr(0, 12)});
  request.input = "echo in-$((1 + 1)); exit 3\n";
  const RunResult result = run(std::move(request));
  EXPECT_EQ(result.out, "in-2\n") << result.text();
  EXPECT_EQ(result.exit_code, 3);
  const RunResult choice = run(fairlead({"attach"}));
  EXPECT_EQ(choice.exit_code, 2) << choice.text();
  const RunResult none = run(fairlead({"attach", "no-such-container"}));
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_NE(none.err.find("not found"), std::string::npos) << none.text();
}

TEST_F(Care, InspectTellsAllButTheEnvironment) {
  const Workspace project = workspace(R"("containerEnv": {"TOKEN": "hunter${localEnv:NOTHING}2"})");
  const std::string id = must_up(project);
  const RunResult result = own("inspect", project);
  EXPECT_EQ(json_at(result.out, "/containerId"), id) << result.text();
  EXPECT_EQ(json_at(result.out, "/remoteWorkspaceFolder"), project.inside());
  EXPECT_EQ(json_at(result.out, "/mounts/0/type"), "bind");
  EXPECT_EQ(own("inspect", workspace("", "none")).exit_code, 1);
}

TEST_F(Care, CopiesBothWaysWithModesAndLinks) {
  const Workspace project = workspace();
  must_up(project);
  project.write("in/a.sh", "echo a\n");
  std::filesystem::permissions(project.folder / "in/a.sh", std::filesystem::perms(0750));
  std::filesystem::create_symlink("a.sh", project.folder / "in/link");
  const std::string from = (project.folder / "in").string();
  EXPECT_EQ(own("cp", project, {from, ":/tmp"}).exit_code, 0);
  EXPECT_EQ(must_exec(project, "stat -c %a /tmp/in/a.sh; readlink /tmp/in/link"), "750\na.sh\n");
  EXPECT_EQ(own("cp", project, {from, ":/tmp/new"}).exit_code, 0);
  EXPECT_EQ(own("cp", project, {from + "/.", ":/tmp/in"}).exit_code, 0);
  EXPECT_EQ(must_exec(project, "cat /tmp/new/link; ls /tmp/in"), "echo a\na.sh\nlink\n");
  const std::string to = (project.folder / "out").string();
  EXPECT_EQ(own("cp", project, {":/tmp/in", to}).exit_code, 0);
  EXPECT_EQ(project.read("out/a.sh"), "echo a\n");
  EXPECT_EQ(std::filesystem::read_symlink(project.folder / "out/link"), "a.sh");
  struct stat info {};
  ASSERT_EQ(::stat((to + "/a.sh").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777U, 0750U);
  EXPECT_EQ(own("cp", project, {":/tmp/in/a.sh", to + "/b.sh"}).exit_code, 0);
  EXPECT_EQ(project.read("out/b.sh"), "echo a\n");
}

TEST_F(Care, CopiesArchives) {
  const Workspace project = workspace();
  must_up(project);
  must_exec(project, "mkdir -p /tmp/x; echo text > /tmp/x/file");
  const RunResult out = own("cp", project, {":/tmp/x", "-"});
  EXPECT_EQ(out.exit_code, 0) << out.err;
  RunRequest in = words("cp", project, {"-", ":/root"});
  in.input = out.out;
  EXPECT_EQ(run(std::move(in)).exit_code, 0);
  EXPECT_EQ(must_exec(project, "cat /root/x/file"), "text\n");
}

TEST_F(Care, RefusesCopiesThatCannotBe) {
  const Workspace project = workspace();
  must_up(project);
  project.write("f", "x");
  const std::string file = (project.folder / "f").string();
  EXPECT_EQ(own("cp", project, {file, file}).exit_code, 1);
  EXPECT_NE(own("cp", project, {"/no/such/file", ":/tmp"}).err.find("There is no"),
            std::string::npos);
  EXPECT_NE(own("cp", project, {":/no/such/file", file}).err.find("There is no"),
            std::string::npos);
  EXPECT_EQ(own("cp", project, {file, ":/no/such/folder/f"}).exit_code, 1);
  EXPECT_EQ(own("cp", project, {project.folder.string(), ":/etc/passwd"}).exit_code, 1);
}

TEST_F(Care, PruneShowsBeforeItRemoves) {
  const Workspace project = workspace();
  project.write(".devcontainer/Dockerfile", "FROM " + base_image + "\nENV A=b\n");
  project.write(".devcontainer/devcontainer.json", R"({"build": {"dockerfile": "Dockerfile"}})");
  ASSERT_EQ(own("up", project, {"--buildkit", "never"}).exit_code, 0);
  const RunResult used = run(fairlead({"prune", "--json", "--dry-run"}));
  EXPECT_EQ(used.out.find(project.base()), std::string::npos) << "in use: " << used.text();
  ASSERT_EQ(own("down", project).exit_code, 0);
  const RunResult shown = run(fairlead({"prune"}));
  EXPECT_EQ(shown.exit_code, 1) << "nobody to ask";
  EXPECT_NE(shown.out.find("vsc-"), std::string::npos) << shown.text();
  EXPECT_NE(run(fairlead({"prune", "--dry-run"})).out.find("vsc-"), std::string::npos);
  EXPECT_EQ(run(fairlead({"prune", "--yes"})).exit_code, 0);
  EXPECT_EQ(run(fairlead({"prune", "--json"})).out.find(project.base()), std::string::npos);
}

TEST_F(Care, DoctorFindsTheEngineWell) {
  const RunResult result = run(fairlead({"doctor", "--json"}));
  EXPECT_EQ(json_at(result.out, "/healthy"), "true") << result.text();
  EXPECT_NE(result.out.find(R"("name":"clock")"), std::string::npos) << result.text();
}

TEST_F(Care, DoctorSaysWhatIsWrong) {
  RunRequest request = fairlead({"doctor"});
  request.environment["DOCKER_HOST"] = "unix:///no/such/socket";
  const RunResult result = run(std::move(request));
  EXPECT_EQ(result.exit_code, 1) << result.text();
  EXPECT_NE(result.out.find("bad"), std::string::npos) << result.text();
}

TEST_F(Care, NothingRunsHereBeforeItIsAllowed) {
  const Workspace project = workspace(R"("initializeCommand": "echo run > ran")");
  const RunResult refused = run(untrusting(own_up(project)));
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("run on this machine: echo run > ran"), std::string::npos)
      << refused.text();
  EXPECT_NE(refused.err.find("--trust"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(project.folder / "ran"));
  EXPECT_TRUE(instances().empty());
  EXPECT_EQ(run(untrusting(words("up", project, {"--trust"}))).exit_code, 0);
  EXPECT_EQ(project.read("ran"), "run\n");
}

TEST_F(Care, AnAnswerHoldsUntilTheContentChanges) {
  const Workspace project = workspace(R"("initializeCommand": "true")");
  RunRequest asking = untrusting(words("up", project));
  asking.terminal = true;
  ChildProcess child(std::move(asking));
  ASSERT_TRUE(child.wait_for_output("[y/N]", milliseconds(20'000))) << child.out();
  child.write("y\r");
  EXPECT_EQ(child.finish().exit_code, 0);
  EXPECT_EQ(run(untrusting(own_up(project))).exit_code, 0);
  project.configure(R"("initializeCommand": "true; true")");
  EXPECT_EQ(run(untrusting(own_up(project))).exit_code, 1);
}

TEST_F(Care, AHostThatAProjectNamesIsAskedFor) {
  const std::string host = "ssh://nobody@127.0.0.1:1";
  const Workspace project =
      workspace(R"("customizations": {"fairlead": {"host": ")" + host + R"("}})");
  const RunResult refused = run(untrusting(own_up(project)));
  EXPECT_EQ(json_at(refused.out, "/code"), "trust.needed") << refused.text();
  EXPECT_NE(refused.err.find("work on the host " + host), std::string::npos) << refused.text();
  EXPECT_TRUE(instances().empty());
  RunRequest asking = untrusting(words("up", project));
  asking.terminal = true;
  ChildProcess child(std::move(asking));
  ASSERT_TRUE(child.wait_for_output("[y/N]", milliseconds(30'000))) << child.out();
  child.write("y\r");
  EXPECT_EQ(child.finish().exit_code, 1) << "nobody answers there";
  // It holds for every command, and what the user says wins.
  const RunResult status = run(untrusting(words("status", project, {"--json"})));
  EXPECT_NE(status.err.find("127.0.0.1"), std::string::npos) << status.text();
  EXPECT_EQ(run(untrusting(words("up", project, {"--host", "local"}))).exit_code, 0);
}

TEST_F(Care, TheDropInAsksNothing) {
  const Workspace project = workspace(R"("initializeCommand": "true")");
  EXPECT_EQ(run(untrusting(up(project))).exit_code, 0);
}

}  // namespace
}  // namespace fairlead::test
