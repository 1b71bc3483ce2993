// `up` on Docker: what it makes, finds again and refuses. reference-cli.md's contract of stdout and
// labels is the drop-in's; both names of the program are used.

#include "fixture.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace fairlead::test {
namespace {

class Up : public DockerTest {};

TEST_F(Up, ReportsOneLineOfJson) {  // VSC-001
  const Workspace project = workspace();
  const RunResult result = run(up(project));
  ASSERT_EQ(result.exit_code, 0) << result.text();
  EXPECT_EQ(result.out.find('\n'), result.out.size() - 1);
  EXPECT_EQ(json_at(result.out, "/outcome"), "success");
  EXPECT_EQ(json_at(result.out, "/containerId").size(), 64U);
  EXPECT_EQ(json_at(result.out, "/remoteUser"), "root");
  EXPECT_EQ(json_at(result.out, "/remoteWorkspaceFolder"), project.inside());
}

TEST_F(Up, LabelsTheContainerAsOtherToolsExpect) {
  const Workspace project = workspace();
  const std::string inspected = engine().inspect(must_up(project));
  const std::string labels = json_at(inspected, "/Config/Labels");
  EXPECT_EQ(json_at(labels, "/devcontainer.local_folder"), project.folder);
  EXPECT_EQ(json_at(labels, "/devcontainer.config_file"), project.config_file());
}

TEST_F(Up, MountsTheWorkspace) {
  const Workspace project = workspace();
  project.write("from-outside", "seen");
  must_up(project);
  EXPECT_EQ(must_exec(project, "cat from-outside; pwd"), "seen" + project.inside() + "\n");
  must_exec(project, "echo back > from-inside");
  EXPECT_EQ(project.read("from-inside"), "back\n");
}

TEST_F(Up, SetsContainerEnvironmentMountsAndUser) {
  const Workspace project = workspace(R"("containerEnv": {"A": "b c"}, "containerUser": "nobody",
      "mounts": ["type=tmpfs,target=/scratch"], "runArgs": ["--hostname", "chosen"])");
  must_up(project);
  EXPECT_EQ(must_exec(project, "echo $A; hostname; id -un; grep -c ' /scratch ' /proc/mounts"),
            "b c\nchosen\nnobody\n1\n");
}

TEST_F(Up, PublishesAppPort) {
  const Workspace project = workspace(R"("appPort": ["127.0.0.1:0:8000"])");
  const std::string inspected = engine().inspect(must_up(project));
  EXPECT_EQ(json_at(inspected, "/NetworkSettings/Ports/8000~1tcp/0/HostIp"), "127.0.0.1");
}

TEST_F(Up, StopsWhatHasADisallowedFeature) {  // FEAT-060
  const Workspace project = workspace();
  const auto id = must_up(project);
  const auto list = test_run().below("control.json");
  write_file(list, R"({"disallowedFeatures":[{"featureIdPrefix":"./f","documentationURL":"w"}]})");
  test_run().set("FAIRLEAD_CONTROL_MANIFEST", list.string());
  project.configure(R"("features": {"./f": {}})");
  for (const auto* stopped : {"true", "false"}) {
    const RunResult refused = run(up(project));
    EXPECT_EQ(refused.exit_code, 1) << refused.text();
    EXPECT_EQ(json_at(refused.out, "/disallowedFeatureId"), "./f");
    EXPECT_EQ(json_at(refused.out, "/didStopContainer"), stopped);
    EXPECT_EQ(json_at(refused.out, "/learnMoreUrl"), "w");
    EXPECT_EQ(json_at(engine().inspect(id), "/State/Running"), "false");
  }
}

/// Both then say the same, and a machine without a network is asked for nothing.
TEST_F(Up, HeedsTheReferencesCopyOfTheControlManifest) {  // FEAT-060
  const passwd* account = ::getpwuid(::geteuid());
  ASSERT_NE(account, nullptr);
  write_file(test_run().below("tmp") / (std::string("devcontainercli-") + account->pw_name) /
                 "control-manifest.json",
             R"({"disallowedFeatures":[{"featureIdPrefix":"./f"}]})");
  const RunResult refused = run(up(workspace(R"("features": {"./f": {}})")));
  EXPECT_EQ(json_at(refused.out, "/disallowedFeatureId"), "./f") << refused.text();
  EXPECT_EQ(json_at(refused.out, "/didStopContainer"), "false");
  EXPECT_EQ(refused.out.find("learnMoreUrl"), std::string::npos);
}

TEST_F(Up, RemovesAnExistingContainerWhenAsked) {
  const Workspace project = workspace();
  const std::string first = must_up(project);
  const RunResult again = run(up(project, {"--remove-existing-container"}));
  EXPECT_EQ(again.exit_code, 0) << again.text();
  EXPECT_NE(json_at(again.out, "/containerId"), first);
}

TEST_F(Up, FailsWithoutTheContainerThatIsExpected) {
  const Workspace project = workspace();
  const RunResult result = run(up(project, {"--expect-existing-container"}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(json_at(result.out, "/outcome"), "error") << result.text();
  EXPECT_TRUE(instances().empty());
}

TEST_F(Up, WritesTheIdIntoTheFileThatRunArgsName) {
  const Workspace project = workspace(R"("runArgs": ["--cidfile", "${localWorkspaceFolder}/id"])");
  const std::string id = must_up(project);
  EXPECT_EQ(project.read("id"), id);
  // As with docker run, a file that is there is not written over.
  const RunResult again = run(up(project, {"--remove-existing-container"}));
  EXPECT_EQ(again.exit_code, 1) << again.text();
  EXPECT_EQ(project.read("id"), id);
  EXPECT_TRUE(instances().empty());
}

TEST_F(Up, LeavesNoIdFileForAContainerThatIsNotMade) {
  const Workspace project = workspace(
      R"("runArgs": ["--cidfile", "${localWorkspaceFolder}/id", "--network", "container:none-such",
          "--hostname", "x"])");
  EXPECT_EQ(run(up(project)).exit_code, 1);
  EXPECT_FALSE(std::filesystem::exists(project.folder / "id"));
}

TEST_F(Up, ChangesNothingInsideForAUserWhoIsNotThere) {
  const Workspace project = workspace(R"("remoteUser": "nosuch", "postCreateCommand": "true")");
  EXPECT_EQ(run(up(project)).exit_code, 1);
  project.configure(R"("remoteUser": "root")");
  EXPECT_EQ(must_exec(project, "ls -A /var/devcontainer /etc/environment 2>/dev/null || echo none"),
            "none\n");
}

TEST_F(Up, HasNothingToMergeWithoutContainerAndConfiguration) {
  const std::vector<std::string> words{"read-configuration", "--id-label", "no=such"};
  const RunResult plain = run(devcontainer(words));
  EXPECT_EQ(plain.exit_code, 0) << plain.text();
  EXPECT_EQ(json_at(plain.out, "/configuration"), "{}");
  auto more = words;
  more.emplace_back("--include-merged-configuration");
  const RunResult merged = run(devcontainer(more));
  EXPECT_EQ(merged.exit_code, 1);
  EXPECT_EQ(merged.out, "");
}

TEST_F(Up, BuildsADockerfileWithArgumentsAndTarget) {
  const Workspace project = workspace();
  project.write(".devcontainer/Dockerfile", "FROM " + base_image + R"( AS first
ARG GREETING=none
RUN echo "$GREETING" > /greeting
FROM first
RUN echo never > /never
)");
  project.write(".devcontainer/devcontainer.json", R"({"build": {"dockerfile": "Dockerfile",
      "args": {"GREETING": "hello ${localWorkspaceFolderBasename}"}, "target": "first"}})");
  must_up(project);
  EXPECT_EQ(must_exec(project, "cat /greeting; test ! -e /never"),
            "hello " + project.base() + "\n");
}

TEST_F(Up, SaysThatTheImagesOwnProcessHasEnded) {  // CFG-041
  const Workspace project = workspace();
  project.write(".devcontainer/Dockerfile",
                "FROM " + base_image + "\nENTRYPOINT [\"/bin/sh\", \"-c\", \"exit 3\"]\n");
  project.write(".devcontainer/devcontainer.json",
                R"({"build": {"dockerfile": "Dockerfile"}, "overrideCommand": false})");
  const RunResult result = run(up(project));
  EXPECT_EQ(result.exit_code, 1) << result.text();
  EXPECT_EQ(json_at(result.out, "/containerId"), instances().at(0).id);
}

/// As the docker client does it: for the time of the build and the life of the container.
TEST_F(Up, GivesTheClientsProxiesToBuildsAndContainersAlone) {
  const std::string proxy = "http://me:s3cr3t@proxy.invalid:8080";
  write_file(test_run().below("client/config.json"), R"({"proxies": {"default": {"httpProxy": ")" +
                                                         proxy + R"(", "noProxy": "localhost"}}})");
  test_run().set("DOCKER_CONFIG", test_run().below("client").string());
  const Workspace project = workspace();
  project.write(".devcontainer/Dockerfile",
                "FROM " + base_image +
                    "\nRUN case $HTTP_PROXY in *@proxy.invalid:8080) echo built >/seen ;; "
                    "*) exit 1 ;; esac\n");
  project.write(".devcontainer/devcontainer.json", R"({"build": {"dockerfile": "Dockerfile"}})");
  for (const bool drop_in : {false, true}) {
    const RunResult result =
        run(drop_in ? up(project, {"--buildkit", "never", "--remove-existing-container"})
                    : own_up(project));
    ASSERT_EQ(result.exit_code, 0) << result.text();
    EXPECT_EQ(must_exec(project, "cat /seen; echo $HTTP_PROXY $no_proxy"),
              "built\n" + proxy + " localhost\n");
    const auto container = engine().inspect(json_at(result.out, "/containerId"));
    const auto image = json_at(container, "/Image");
    for (const auto* part : {"/json", "/history"}) {
      const auto known = engine().request("GET", "/images/" + image + part);
      EXPECT_EQ(known.find("s3cr3t"), std::string::npos) << known;
    }
    EXPECT_EQ(json_at(container, "/Config/Labels").find("s3cr3t"), std::string::npos);
  }
}

TEST_F(Up, LeavesTheLabelOfADockerfileAlone) {  // IMG-034: nothing of ours to record
  const Workspace project = workspace();
  project.write(".devcontainer/Dockerfile", "FROM " + base_image + R"(
LABEL devcontainer.metadata="{\"postCreateCommand\":\"touch from-label\"}"
)");
  project.write(".devcontainer/devcontainer.json", R"({"build": {"dockerfile": "Dockerfile"}})");
  must_up(project);
  EXPECT_TRUE(std::filesystem::exists(project.folder / "from-label"));
}

TEST_F(Up, InstallsALocalFeatureOnce) {
  const Workspace project = workspace(R"("features": {"./greeting": {"word": "it's \"$HOME\""}})");
  project.write(".devcontainer/greeting/devcontainer-feature.json",
                R"({"id": "greeting", "version": "1.0.0", "name": "Greeting",
                    "options": {"word": {"type": "string", "default": "x"}},
                    "containerEnv": {"FROM_FEATURE": "yes"}})");
  project.write(".devcontainer/greeting/install.sh",
                "#!/bin/sh\nset -e\nprintf '%s' \"$WORD\" > /greeting\n");
  const RunResult first = run(up(project));
  ASSERT_EQ(first.exit_code, 0) << first.text();
  EXPECT_EQ(must_exec(project, "cat /greeting; printf %s $FROM_FEATURE"), "it's \"$HOME\"yes");
}

TEST_F(Up, TwoAtOnceShareOneContainer) {
  const Workspace project = workspace();
  ChildProcess first(up(project));
  ChildProcess second(up(project));
  const RunResult one = first.finish();
  const RunResult other = second.finish();
  ASSERT_EQ(one.exit_code, 0) << one.text();
  ASSERT_EQ(other.exit_code, 0) << other.text();
  EXPECT_EQ(json_at(one.out, "/containerId"), json_at(other.out, "/containerId"));
}

TEST_F(Up, TwoUsersAtOnceShareOneContainer) {
  // Without a lock between them: the engine decides, by the container's name.
  const Workspace project = workspace();
  RunRequest other = up(project);
  other.environment["XDG_STATE_HOME"] = test_run().below("config").string();
  other.environment["XDG_RUNTIME_DIR"] = test_run().below("cache").string();
  ChildProcess first(up(project));
  const RunResult two = run(std::move(other));
  const RunResult one = first.finish();
  ASSERT_EQ(one.exit_code, 0) << one.text();
  ASSERT_EQ(two.exit_code, 0) << two.text();
  EXPECT_EQ(json_at(one.out, "/containerId"), json_at(two.out, "/containerId"));
}

TEST_F(Up, SaysThatAPortIsInUse) {
  const UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listener.get(), 1), 0);
  ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size);
  const std::string port = std::to_string(ntohs(address.sin_port));
  const Workspace project = workspace("\"appPort\": [" + port + "]");
  const RunResult own = run(own_up(project));
  EXPECT_EQ(own.exit_code, 1);
  EXPECT_NE(own.out.find(port), std::string::npos) << own.text();
  EXPECT_TRUE(instances().empty()) << "a container that could not start is removed again";
  const RunResult result = run(up(project));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(json_at(result.out, "/outcome"), "error") << result.text();
  EXPECT_NE(json_at(result.out, "/message").find("docker run --sig-proxy=false"), std::string::npos)
      << result.text();
  ASSERT_EQ(instances().size(), 1U) << "the reference leaves it";
  EXPECT_EQ(json_at(result.out, "/containerId"), instances().at(0).id);
}

TEST_F(Up, SaysThatTheImageIsMissing) {
  const Workspace project = workspace();
  project.write(".devcontainer/devcontainer.json", R"({"image": "fairlead-test/nowhere:none"})");
  const RunResult result = run(up(project));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(json_at(result.out, "/outcome"), "error") << result.text();
  EXPECT_NE((result.out + result.err).find("fairlead-test/nowhere:none"), std::string::npos);
  EXPECT_TRUE(instances().empty());
}

TEST_F(Up, ShowsABuildThatFails) {
  const Workspace project = workspace();
  project.write(".devcontainer/Dockerfile",
                "FROM " + base_image + "\nRUN echo why-it-failed && exit 7\n");
  project.write(".devcontainer/devcontainer.json", R"({"build": {"dockerfile": "Dockerfile"}})");
  const RunResult result = run(up(project));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(json_at(result.out, "/outcome"), "error") << result.text();
  EXPECT_NE(result.err.find("why-it-failed"), std::string::npos) << result.text();
  EXPECT_TRUE(instances().empty());
}

TEST_F(Up, ShowsThePositionOfBrokenJson) {
  const Workspace project = workspace();
  project.write(".devcontainer/devcontainer.json", "{\n  \"image\": \"x\"\n  \"name\": 1\n}\n");
  const RunResult result = run(fairlead({"up", "--workspace-folder", project.folder.string()}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.err.find("devcontainer.json:3:3"), std::string::npos) << result.text();
}

TEST_F(Up, SaysWhereItLookedForAConfiguration) {
  const std::filesystem::path empty = test_run().below("work") / "empty";
  std::filesystem::create_directory(empty);
  const RunResult result = run(devcontainer({"up", "--workspace-folder", empty.string()}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(json_at(result.out, "/outcome"), "error") << result.text();
  EXPECT_NE(result.out.find((empty / ".devcontainer/devcontainer.json").string()),
            std::string::npos)
      << result.text();
}

TEST_F(Up, SaysThatABindMountsSourceIsMissing) {
  const Workspace project =
      workspace(R"("mounts": ["type=bind,source=/nowhere/at/all,target=/x"])");
  const RunResult result = run(up(project));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE((result.out + result.err).find("/nowhere/at/all"), std::string::npos) << result.text();
  EXPECT_TRUE(instances().empty());
}

TEST_F(Up, ComparesTheHostWithItsRequirements) {  // HOST-003, HOST-006
  const Workspace project = workspace(R"("hostRequirements": {"cpus": 4096, "gpu": true})");
  RunRequest strict = own_up(project);
  strict.environment["FAIRLEAD_HOST_REQUIREMENTS"] = "error";
  const RunResult refused = run(strict);
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_EQ(json_at(refused.out, "/code"), "host.requirements") << refused.text();
  EXPECT_TRUE(instances().empty());

  const RunResult warned = run(own_up(project));
  EXPECT_EQ(warned.exit_code, 0);
  EXPECT_NE(warned.err.find("hostRequirements.cpus asks for 4096"), std::string::npos)
      << warned.text();
  EXPECT_NE(warned.err.find("the backend has none to give"), std::string::npos) << warned.text();
}

}  // namespace
}  // namespace fairlead::test
