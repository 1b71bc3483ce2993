// A Compose project whose files are on a host, through the ssh plugin and the Compose plugin.

#include "ssh_host_fixture.hpp"
#include "support/files.hpp"
#include "support/json.hpp"
#include "support/registry_server.hpp"
#include "support/wait.hpp"

#include <filesystem>

namespace fairlead::test {
namespace {

class SshComposeTest : public SshWorkspaceTest {
 protected:
  void SetUp() override {
    enter_where(std::string(docker_there) + " && docker-compose version", "engine, or no Compose");
  }
  void TearDown() override {
    if (there_) {
      on_host("down");
      shell(*there_, "rm -rf ~/.local/state/fairlead");
    }
    SshWorkspaceTest::TearDown();
  }
};

TEST_F(SshComposeTest, BringsUpAProjectOfTheHostAndForwardsAServicesPort) {
  // The first file is outside of .devcontainer, and draws in one more.
  put("docker-compose.yml",
      "version: '3'\nservices:\n  db:\n    image: fairlead-test/busybox\n    env_file: db.env\n"
      "    command: [sh, -c, 'nc -ll -p 5432 -e sh -c \"echo $$NAME speaks\"']\n"
      "  app:\n    image: fairlead-test/busybox\n    command: [sleep, '10000']\n"
      "    volumes: ['.:/work']\n");
  put("db.env", "NAME=database\n");
  put(".devcontainer/more.yml",
      "version: '3'\nservices:\n  app:\n    environment: {FROM: \"${HOME}\"}\n");
  configure(R"("dockerComposeFile": ["../docker-compose.yml", "more.yml"], "service": "app",
    "workspaceFolder": "/work", "forwardPorts": ["db:5432"],
    "postCreateCommand": "echo made > made")");
  const auto made = up();
  ASSERT_EQ(made.exit_code, 0) << made.text();
  EXPECT_EQ(shell(*there_, "cat " + folder_ + "/made").out, "made\n");
  const auto inside = exec({"sh", "-c", "pwd; echo $FROM"});
  EXPECT_EQ(inside.out, "/work\n/home/box\n") << inside.text();

  // The service's port is on this machine's loopback.
  const auto ports = on_host("ports", {"--json"});
  const auto local = json_at(ports.out, "/environments/0/forwards/0/localPort");
  ASSERT_NE(local, "") << ports.text();
  EXPECT_TRUE(wait_until(milliseconds(30'000), [&] {
    return said_by(std::stoi(local)) == "database speaks\n";
  })) << ports.text();

  // Again: started anew, by what Compose said before.
  EXPECT_EQ(on_host("stop").exit_code, 0);
  const auto again = up();
  EXPECT_EQ(json_at(again.out, "/containerId"), json_at(made.out, "/containerId")) << again.text();
  const auto down = on_host("down");
  EXPECT_EQ(down.exit_code, 0) << down.text();
  EXPECT_EQ(shell(*there_, "docker ps -aq --filter volume=" + folder_).out, "");
  EXPECT_EQ(shell(*there_, "ls ~/.local/state/fairlead/groups").out, "");
  EXPECT_EQ(masters().size(), 1U);
}

TEST_F(SshComposeTest, BuildsAndAddsFeaturesThere) {
  put("docker-compose.yml",
      "version: '3'\nservices:\n  app:\n    build: {context: ., dockerfile: Dockerfile}\n"
      "    command: [sleep, '10000']\n");
  put("Dockerfile", "FROM fairlead-test/busybox\nCOPY data /data\n");
  put("data", "of the host\n");
  put(".devcontainer/mark/devcontainer-feature.json", R"({"id": "mark", "version": "1.0.0"})");
  put(".devcontainer/mark/install.sh", "echo local >/mark\n");
  configure(R"("dockerComposeFile": "../docker-compose.yml", "service": "app",
    "features": {"./mark": {}})");
  const auto made = up();
  ASSERT_EQ(made.exit_code, 0) << made.text();
  EXPECT_EQ(exec({"cat", "/data", "/mark"}).out, "of the host\nlocal\n");
  EXPECT_EQ(on_host("down", {"--images"}).exit_code, 0);
}

/// The host's engine asks a registry here through a forward of the host's loopback.
TEST_F(SshComposeTest, PullsWithTheUsersCredentialsAndLeavesNoneThere) {
  if (!RegistryServer::installed()) GTEST_SKIP() << "skipped: no docker-registry";
  constexpr const char* secret = "YWxpY2U6czNjcmV0";  // alice:s3cret
  const RegistryServer registry(test_run(), RegistryGuard::password);
  const auto name = registry.name();
  auto asked = request({});
  asked.argv = {variable("FAIRLEAD_TEST_HOSTS") + "/bin/ssh",
                "-N",
                "-o",
                "ControlPath=none",
                "-o",
                "ExitOnForwardFailure=yes",
                "-R",
                name + ':' + name,
                "box"};
  asked.environment["PATH"] = variable("PATH");
  ChildProcess forward(std::move(asked));
  const auto image = name + "/t/private:1";
  const auto base = name + "/t/base:1";
  const auto config =
      std::string(R"({"auths": {")") + name + R"(": {"auth": ")" + secret + R"("}}})";
  const auto pushed = [&] {
    return run_on(
        *there_,
        {.argv = {"sh", "-c",
                  "d=$(mktemp -d) && cat >$d/config.json; s=0; for i; do "
                  "docker tag fairlead-test/busybox $i && docker --config $d push -q $i || s=1; "
                  "docker rmi $i >/dev/null; done; rm -rf $d; exit $s",
                  "sh", image, base}},
        config);
  };
  HostRun last;
  ASSERT_TRUE(wait_until(milliseconds(60'000), [&] { return (last = pushed()).exit_code == 0; }))
      << last.err;
  // What a service depends on is started, what nobody asks for is not; one may only be there; one
  // is built on another.
  put("docker-compose.yml",
      "services:\n  app:\n    image: fairlead-test/busybox\n"
      "    command: [sleep, '10000']\n    depends_on: [db]\n  db:\n    image: " +
          image +
          "\n    command: [sleep, '10000']\n    pull_policy: always\n  made:\n    build: made\n"
          "    command: [sleep, '10000']\n  never:\n    image: " +
          image + "-never\n    pull_policy: never\n    depends_on: [db]\n    profiles: [p]\n" +
          "  other:\n    image: " + name + "/t/unneeded:1\n");
  put("made/Dockerfile", "ARG BASE=none\nFROM " + base + "\nRUN true\n");
  configure(R"("dockerComposeFile": "../docker-compose.yml", "service": "app",
    "runServices": ["made"])");
  EXPECT_NE(up().exit_code, 0);  // nobody is logged in, there or here
  const auto folder = test_run().below("docker");
  write_file(folder / "config.json", config);
  auto with = request({"up", "--json", "--wait", "--workspace-folder", address()});
  with.environment["DOCKER_CONFIG"] = folder.string();
  const auto made = run(with);
  EXPECT_EQ(made.exit_code, 0) << made.text();
  EXPECT_NE(made.text().find("Pulling image " + image), std::string::npos) << made.text();
  EXPECT_NE(made.text().find("Pulling image " + base), std::string::npos) << made.text();
  EXPECT_EQ(made.text().find("/t/unneeded"), std::string::npos) << made.text();
  EXPECT_EQ(made.text().find("-never"), std::string::npos) << made.text();
  EXPECT_EQ(shell(*there_, "docker ps -q --filter label=com.docker.compose.service=db | wc -l").out,
            "1\n");
  EXPECT_EQ(
      shell(*there_, "docker ps -q --filter label=com.docker.compose.service=made | wc -l").out,
      "1\n");
  // What is there is not asked for again, but where the files say so.
  EXPECT_EQ(on_host("down").exit_code, 0);
  const auto again = run(with);
  EXPECT_EQ(again.exit_code, 0) << again.text();
  EXPECT_NE(again.text().find("Pulling image " + image), std::string::npos) << again.text();
  EXPECT_EQ(again.text().find("Pulling image " + base), std::string::npos) << again.text();
  // What is to be newer is asked for here as well, and then by nobody there. All of it.
  shell(*there_,
        "sed -i 's|fairlead-test/busybox|" + image + "|' " + folder_ + "/docker-compose.yml");
  auto anew = request({"rebuild", "--pull", "--json", "--workspace-folder", address()});
  EXPECT_NE(run(anew).exit_code, 0);
  anew.environment["DOCKER_CONFIG"] = folder.string();
  const auto newer = run(anew);
  EXPECT_EQ(newer.exit_code, 0) << newer.text();
  EXPECT_NE(newer.text().find("Pulling image " + base), std::string::npos) << newer.text();
  EXPECT_EQ(shell(*there_, std::string("grep -rlsE 's3cret|") + secret +
                               "' ~ /tmp /dev/shm /run/user 2>/dev/null")
                .out,
            "");
  EXPECT_EQ(on_host("down").exit_code, 0);
  shell(*there_, "docker rmi -f " + image + ' ' + base + " $(docker images -q '*_made')");
}

TEST_F(SshComposeTest, SynchronisesAProjectOfThisMachine) {
  const auto project = test_run().below("work") / "project";
  write_file(project / "docker-compose.yml",
             "version: '3'\nservices:\n  app:\n    build: .\n    command: [sleep, '10000']\n"
             "    volumes: ['.:/work']\n");
  write_file(project / "Dockerfile", "FROM fairlead-test/busybox\nCOPY data /data\n");
  write_file(project / "data", "from here\n");
  write_file(project / ".devcontainer/devcontainer.json",
             R"({"dockerComposeFile": "../docker-compose.yml", "service": "app",
                 "workspaceFolder": "/work", "postCreateCommand": "echo made >made"})");
  test_run().set("FAIRLEAD_HOST", "ssh://box");
  test_run().set("FAIRLEAD_CONTENT", "sync");
  test_run().set("FAIRLEAD_REMOTE_WORKSPACE_FOLDER", folder_);
  const auto about = [&](std::vector<std::string> words) {
    words.insert(words.begin() + 1, {"--workspace-folder", project.string()});
    return fairlead(std::move(words));
  };
  const auto made = about({"up", "--json", "--wait"});
  ASSERT_EQ(made.exit_code, 0) << made.text();
  EXPECT_EQ(json_at(made.out, "/content"), "synchronised") << made.out;
  EXPECT_EQ(about({"exec", "cat", "/data", "data", "made"}).out, "from here\nfrom here\nmade\n");
  EXPECT_TRUE(
      wait_until(milliseconds(60'000), [&] { return std::filesystem::exists(project / "made"); }));
  write_file(project / "data", "newer\n");
  EXPECT_TRUE(wait_until(milliseconds(60'000), [&] {
    return about({"exec", "cat", "data"}).out == "newer\n";
  }));
  EXPECT_EQ(json_at(about({"up", "--json", "--wait"}).out, "/containerId"),
            json_at(made.out, "/containerId"));
  // What was saved just before counts, though somebody follows changes.
  write_file(project / "docker-compose.yml",
             "version: '3'\nservices:\n  app:\n    build: .\n    command: [sleep, '10000']\n"
             "    volumes: ['.:/work']\n    environment: {SAVED: just now}\n");
  const auto anew = about({"up", "--json", "--wait", "--remove-existing-container"});
  EXPECT_EQ(anew.exit_code, 0) << anew.text();
  EXPECT_EQ(about({"exec", "sh", "-c", "echo $SAVED"}).out, "just now\n");
  const auto down = about({"down", "--images"});
  EXPECT_EQ(down.exit_code, 0) << down.text();
  EXPECT_EQ(shell(*there_, "docker ps -aq --filter volume=" + folder_).out, "");
}

TEST_F(SshComposeTest, NamesTheFileThatIsNotThere) {
  configure(R"("dockerComposeFile": "../no-such.yml", "service": "app")");
  const auto missing = up();
  EXPECT_NE(missing.exit_code, 0);
  EXPECT_NE(missing.text().find(folder_ + "/no-such.yml"), std::string::npos) << missing.text();
  // Files of this machine are nothing to a host's Compose.
  const auto here = test_run().below("work") / "project";
  write_file(here / ".devcontainer/devcontainer.json",
             R"({"dockerComposeFile": "c.yml", "service": "app"})");
  const auto refused = fairlead(
      {"up", "--host", "ssh://box", "--content", "volume", "--workspace-folder", here.string()});
  EXPECT_NE(refused.text().find("its host is ssh://box"), std::string::npos) << refused.text();
  // Nor is a copy's folder everything.
  write_file(here / ".devcontainer/devcontainer.json",
             R"({"dockerComposeFile": "../../c.yml", "service": "app"})");
  const auto outside = fairlead({"up", "--host", "ssh://box", "--workspace-folder", here.string()});
  EXPECT_NE(outside.text().find("/c.yml of the group of services is outside of"), std::string::npos)
      << outside.text();
}

}  // namespace
}  // namespace fairlead::test
