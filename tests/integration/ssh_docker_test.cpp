// A workspace on a host and the engine there, through the ssh plugin and the Docker plugin.

#include "ssh_host_fixture.hpp"
#include "support/files.hpp"
#include "support/json.hpp"
#include "support/wait.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>

namespace fairlead::test {
namespace {

class SshDockerTest : public SshWorkspaceTest {
 protected:
  void SetUp() override { enter_where(docker_there, "engine"); }
  void TearDown() override {
    if (there_) {
      shell(*there_, "docker ps -aq --filter label=devcontainer.local_folder=" + folder_ +
                         " | xargs -r docker rm -f");
    }
    SshWorkspaceTest::TearDown();
  }

  std::string containers() {
    return shell(*there_,
                 "docker ps -aq --filter label=devcontainer.local_folder=" + folder_ + " | wc -l")
        .out;
  }
};

TEST_F(SshDockerTest, BringsUpAWorkspaceThatIsOnTheHost) {
  configure(R"("image": "fairlead-test/user", "remoteUser": "dev",
    "initializeCommand": "echo $(id -un) in $PWD > initialized",
    "postCreateCommand": "echo made > made-inside",
    "remoteEnv": {"THEIR_HOME": "${localEnv:HOME}", "THEIR_FOLDER": "${localWorkspaceFolder}"})");
  const auto made = up();
  ASSERT_EQ(made.exit_code, 0) << made.text();
  EXPECT_EQ(json_at(made.out, "/outcome"), "success");
  // Commands, variables and mounts are the host's, and so is the owner of what is made inside.
  EXPECT_EQ(shell(*there_, "cat " + folder_ + "/initialized").out, "box in " + folder_ + "\n");
  EXPECT_EQ(shell(*there_, "stat -c %U " + folder_ + "/made-inside").out, "box\n");
  const auto inside = exec({"sh", "-c", "cat made-inside; echo $THEIR_HOME $THEIR_FOLDER; id -u"});
  EXPECT_EQ(inside.out, "made\n/home/box " + folder_ + "\n" + shell(*there_, "id -u").out)
      << inside.text();
  EXPECT_EQ(exec({"sh", "-c", "exit 7"}).exit_code, 7);

  // Again: what is there is found, and by the host's own paths.
  EXPECT_EQ(json_at(up().out, "/containerId"), json_at(made.out, "/containerId"));
  EXPECT_EQ(containers(), "1\n");
  const auto listed = fairlead({"list", "--json", "--host", "ssh://box"});
  EXPECT_NE(listed.out.find(folder_), std::string::npos) << listed.text();
  const auto stopped = fairlead({"stop", "--workspace-folder", address()});
  EXPECT_EQ(stopped.exit_code, 0) << stopped.text();
  EXPECT_EQ(exec({"true"}).exit_code == 0, false);
  const auto down = fairlead({"down", "--workspace-folder", address()});
  EXPECT_EQ(down.exit_code, 0) << down.text();
  EXPECT_EQ(containers(), "0\n");
  EXPECT_EQ(masters().size(), 1U);
}

TEST_F(SshDockerTest, BuildsADockerfileOfTheHost) {
  put("Dockerfile", "FROM fairlead-test/busybox\nCOPY data /data\nLABEL from=host\n");
  put("data", "from the host\n");
  put(".devcontainer/mark/devcontainer-feature.json", R"({"id": "mark", "version": "1.0.0"})");
  put(".devcontainer/mark/install.sh", "echo local >/mark\n");
  configure(R"("build": {"dockerfile": "../Dockerfile", "context": ".."},
    "features": {"./mark": {}})");
  const auto made = up();
  ASSERT_EQ(made.exit_code, 0) << made.text();
  EXPECT_EQ(exec({"cat", "/data", "/mark"}).out, "from the host\nlocal\n");
  EXPECT_EQ(fairlead({"down", "--workspace-folder", address(), "--images"}).exit_code, 0);
}

TEST_F(SshDockerTest, WritesTheLockfileBackToTheHost) {
  put(".devcontainer/mark/devcontainer-feature.json", R"({"id": "mark", "version": "1.0.0"})");
  put(".devcontainer/mark/install.sh", "true\n");
  put(".devcontainer/devcontainer-lock.json", R"({"features": {"gone": {"version": "1.0.0",
    "resolved": "r.example/gone@sha256:0", "integrity": "sha256:0"}}})");
  configure(R"("image": "fairlead-test/busybox", "features": {"./mark": {}})");
  const auto lockfile = folder_ + "/.devcontainer/devcontainer-lock.json";
  const auto frozen =
      fairlead({"up", "--json", "--workspace-folder", address(), "--set", "lockfile=frozen"});
  EXPECT_NE(frozen.exit_code, 0);
  EXPECT_NE(frozen.text().find("Lockfile does not match"), std::string::npos) << frozen.text();
  EXPECT_NE(shell(*there_, "cat " + lockfile).out.find("gone"), std::string::npos);
  const auto made = up();
  ASSERT_EQ(made.exit_code, 0) << made.text();
  EXPECT_EQ(shell(*there_, "cat " + lockfile).out, "{\n  \"features\": {}\n}\n");
  EXPECT_EQ(fairlead({"down", "--workspace-folder", address(), "--images"}).exit_code, 0);
}

TEST_F(SshDockerTest, GoesOverTheOneConnectionWhenDockersOwnVariablesNameAHost) {
  const auto project = test_run().below("work") / "project";
  write_file(project / ".devcontainer.json", R"({"image": "fairlead-test/busybox"})");
  write_file(project / "data", "from here\n");
  const auto with = [&](const std::string& name, const std::string& value,
                        std::vector<std::string> words) {
    words.insert(words.begin() + 1, {"--workspace-folder", project.string()});
    auto asked = request(std::move(words));
    asked.environment[name] = value;
    asked.environment["DOCKER_CONFIG"] = test_run().below("config").string();
    return run(asked);
  };
  const auto made = with("DOCKER_HOST", "ssh://box", {"up", "--json", "--wait"});
  ASSERT_EQ(made.exit_code, 0) << made.text();
  // What is here cannot be mounted there, so it was copied.
  EXPECT_EQ(with("DOCKER_HOST", "ssh://box", {"exec", "cat", "data"}).out, "from here\n");
  EXPECT_TRUE(has_one_connection(*there_));

  // A context is the same.
  write_file(test_run().below("config") / "contexts/meta/0/meta.json",
             R"({"Name": "far", "Endpoints": {"docker": {"Host": "ssh://box"}}})");
  EXPECT_EQ(with("DOCKER_CONTEXT", "far", {"exec", "cat", "data"}).out, "from here\n");
  EXPECT_EQ(with("DOCKER_CONTEXT", "far", {"down", "--volumes"}).exit_code, 0);
  EXPECT_EQ(masters().size(), 1U);
  const auto changed =
      with("DOCKER_HOST", "ssh://changed", {"exec", "--backend", "docker", "true"});
  EXPECT_NE(changed.text().find("IDENTIFICATION HAS CHANGED"), std::string::npos) << changed.text();
}

TEST_F(SshDockerTest, SaysWhatIsMissingOnTheHost) {
  const auto nothing = fairlead({"up", "--workspace-folder", "ssh://box/no/such"});
  EXPECT_NE(nothing.exit_code, 0);
  EXPECT_NE(nothing.err.find("/no/such does not exist on ssh://box"), std::string::npos)
      << nothing.text();
  const auto unknown = fairlead({"list", "--host", "telnet://box"});
  EXPECT_NE(unknown.text().find("telnet://box"), std::string::npos) << unknown.text();
  const auto refused = fairlead({"list", "--host", "ssh://changed"});
  EXPECT_NE(refused.text().find("IDENTIFICATION HAS CHANGED"), std::string::npos) << refused.text();
  const auto denied = fairlead({"list", "--backend", "docker", "--host", "ssh://plain"});
  EXPECT_NE(denied.text().find("docker"), std::string::npos) << denied.text();
}

TEST_F(SshDockerTest, DoctorExplainsTheHost) {
  const auto good = fairlead({"doctor", "--host", "ssh://box"});
  EXPECT_NE(good.out.find("box on linux"), std::string::npos) << good.text();
  const auto bad = fairlead({"doctor", "--host", "ssh://stranger"});
  EXPECT_NE(bad.text().find("Permission denied"), std::string::npos) << bad.text();
}

TEST_F(SshDockerTest, CallsALostCommandInAContainerByItsName) {
  configure(R"("image": "fairlead-test/busybox")");
  ASSERT_EQ(up().exit_code, 0);
  ChildProcess child(
      request({"exec", "--workspace-folder", address(), "sh", "-c", "echo begun; sleep 4004"}));
  ASSERT_TRUE(child.wait_for_output("begun", milliseconds(60'000)));
  for (const auto& process : masters()) ::kill(std::stoi(process), SIGKILL);
  const auto lost = child.finish();
  EXPECT_NE(lost.exit_code, 0);
  EXPECT_NE(lost.text().find("was lost"), std::string::npos) << lost.text();
  EXPECT_EQ(exec({"echo", "back"}).out, "back\n");
  // The next login ends it, and waits for nothing.
  EXPECT_TRUE(wait_until(milliseconds(30'000), [&] {
    return exec({"sh", "-c", "ps | grep '[s]leep 4004' || echo none"}).out == "none\n";
  }));
}

TEST_F(SshDockerTest, ConvergesWhenTheConnectionIsKilledAtAnyStep) {
  configure(R"("image": "fairlead-test/busybox", "onCreateCommand": "echo x >> created",
    "postCreateCommand": "sleep 1")");
  const auto kill_masters = [&] {
    for (const auto& process : masters()) ::kill(std::stoi(process), SIGKILL);
  };
  // Each line that is said is a step further; what was done is not done again.
  for (std::ptrdiff_t lines = 1; lines <= 6; ++lines) {
    ChildProcess child(request({"up", "--wait", "--workspace-folder", address()}));
    child.wait_for([&] { return std::ranges::count(child.err(), '\n') >= lines; },
                   milliseconds(30'000));
    kill_masters();
    child.finish();  // it may have been through, or it says what it lost
  }
  for (const int delay_ms : {100, 400}) {
    ChildProcess child(request({"up", "--wait", "--workspace-folder", address()}));
    child.wait_for([] { return false; }, milliseconds(delay_ms));
    kill_masters();
    child.finish();
  }
  const auto made = up();
  EXPECT_EQ(made.exit_code, 0) << made.text();
  EXPECT_EQ(containers(), "1\n");
  EXPECT_EQ(exec({"true"}).exit_code, 0);
}

/// The difference that the link of 20 ms each way makes, in round trips.
TEST_F(SshDockerTest, ListsInTwoRoundTrips) {
  const auto least = [&](const std::string& name) {
    auto asked = request({"list", "--json", "--backend", "docker", "--host", "ssh://" + name});
    EXPECT_EQ(shell(*host(name), "true").exit_code, 0);  // connects
    EXPECT_EQ(run(asked).exit_code, 0);
    auto best = std::chrono::steady_clock::duration::max();
    for (int i = 0; i < 9; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      const auto listed = run(asked);
      best = std::min(best, std::chrono::steady_clock::now() - begin);
      EXPECT_EQ(listed.exit_code, 0) << listed.text();
    }
    return std::chrono::duration<double, std::milli>(best).count();
  };
  const double trips = (least("far") - least("box")) / 40;
  EXPECT_GT(trips, 0.5);  // or there was no link
  EXPECT_LT(trips, 2.6);  // one opens the way to the engine, one asks it
}

TEST_F(SshDockerTest, PruneClearsTheNotesOfWhatIsGone) {
  configure(R"("image": "fairlead-test/busybox")");
  ASSERT_EQ(up().exit_code, 0);
  ASSERT_EQ(up().exit_code, 0);  // found, and noted
  const auto prune = [&] { return fairlead({"prune", "--yes", "--host", "ssh://box"}); };
  const auto notes = [&] {
    const auto folder = test_run().below("run") / "fairlead/last";
    return std::distance(std::filesystem::directory_iterator(folder),
                         std::filesystem::directory_iterator());
  };
  write_file(test_run().below("run") / "fairlead/last/0.last", "0123\n");
  EXPECT_EQ(notes(), 2);
  // Nothing is said to be gone before all backends have answered, which may take some time.
  const auto leaves = [&](int count) {
    return wait_until(milliseconds(60'000), [&] {
      EXPECT_EQ(prune().exit_code, 0);
      return notes() == count;
    });
  };
  EXPECT_TRUE(leaves(1));
  EXPECT_EQ(on_host("down").exit_code, 0);
  EXPECT_TRUE(leaves(0));
}

/// dockerd is installed there; its socket is looked for where none is.
TEST_F(SshDockerTest, TellsAStoppedEngineFromNone) {
  configure(R"("image": "fairlead-test/busybox")");
  // Nothing but its places is looked at.
  const auto root = host("root");
  ASSERT_EQ(
      shell(*root, "mkdir /var/lib/fltest && ln -s /bin/true /usr/local/bin/fltestd").exit_code, 0);
  test_run().set("FAIRLEAD_PLUGINS__DOCKER__HOST", "unix:///run/fltest.sock");
  const auto stopped = on_host("status", {"--backend", "docker"});
  EXPECT_NE(stopped.exit_code, 0);
  EXPECT_NE(stopped.text().find("fltestd is installed, but does not run"), std::string::npos)
      << stopped.text();
  EXPECT_NE(stopped.text().find("sudo systemctl start fltest"), std::string::npos)
      << stopped.text();
  // Of a socket elsewhere the name does not say whose it is.
  for (const auto* socket : {"unix:///run/nosuch.sock", "unix:///run/elsewhere/fltest.sock"}) {
    test_run().set("FAIRLEAD_PLUGINS__DOCKER__HOST", socket);
    const auto none = on_host("status", {"--backend", "docker"});
    EXPECT_NE(none.text().find("there is no such socket"), std::string::npos) << none.text();
    EXPECT_EQ(none.text().find("is installed"), std::string::npos) << none.text();
  }
  EXPECT_EQ(shell(*root, "rmdir /var/lib/fltest && rm /usr/local/bin/fltestd").exit_code, 0);
}

// With FAIRLEAD_TEST_CUT_SECONDS=60 for so long, else until the command has heard of it.
TEST_F(SshDockerTest, GoesOnAfterTheLinkWasCut) {
  write_file(test_run().below("config") / "fairlead/config.toml",
             "[plugins.ssh]\nkeep_alive = 1\nkeep_alive_count = 2\nconnect_timeout = 5\n");
  configure(R"("image": "fairlead-test/busybox", "forwardPorts": [8765],
    "postStartCommand": "setsid nc -ll -p 8765 -e echo alive >/dev/null 2>&1 &")");
  const auto made = up();
  ASSERT_EQ(made.exit_code, 0) << made.text();
  const auto word = json_at(made.out, "/forwards/0/localPort");
  ASSERT_NE(word, "") << made.text();
  const auto answers = [&] { return said_by(std::stoi(word)) == "alive\n"; };
  EXPECT_TRUE(wait_until(milliseconds(30'000), answers));
  ChildProcess child(
      request({"exec", "--workspace-folder", address(), "sh", "-c", "echo begun; sleep 4007"}));
  ASSERT_TRUE(child.wait_for_output("begun", milliseconds(60'000)));
  {
    const CutLink cut;
    const auto lost = child.finish();
    EXPECT_NE(lost.text().find("was lost"), std::string::npos) << lost.text();
    const auto longer = variable("FAIRLEAD_TEST_CUT_SECONDS");
    if (!longer.empty()) wait_until(milliseconds(1000 * std::stoi(longer)), [] { return false; });
  }
  EXPECT_EQ(exec({"echo", "back"}).out, "back\n");
  EXPECT_TRUE(wait_until(milliseconds(60'000), answers));
  EXPECT_TRUE(wait_until(milliseconds(30'000), [&] {
    return exec({"sh", "-c", "ps | grep '[s]leep 4007' || echo none"}).out == "none\n";
  }));
  EXPECT_EQ(containers(), "1\n");
  EXPECT_LE(masters().size(), 1U);
}

TEST_F(SshDockerTest, TwoMachinesAgreeOnOneContainer) {
  configure(R"("image": "fairlead-test/busybox", "onCreateCommand": "echo x >> created")");
  auto first = request({"up", "--json", "--wait", "--workspace-folder", address()});
  auto second = first;
  second.environment["XDG_STATE_HOME"] = test_run().below("other").string();  // locks of its own
  ChildProcess one(std::move(first));
  ChildProcess other(std::move(second));
  const auto said = one.finish();
  const auto also = other.finish();
  EXPECT_EQ(said.exit_code, 0) << said.text();
  EXPECT_EQ(also.exit_code, 0) << also.text();
  EXPECT_EQ(json_at(said.out, "/containerId"), json_at(also.out, "/containerId"));
  EXPECT_EQ(containers(), "1\n");
}

TEST_F(SshDockerTest, TwoMachinesWorkOnOneWorkspace) {
  configure(R"("image": "fairlead-test/busybox", "onCreateCommand": "echo x >> created")");
  const auto elsewhere = [&](std::vector<std::string> words) {
    words.insert(words.begin() + 1, {"--workspace-folder", address()});
    auto asked = request(std::move(words));
    asked.argv.insert(asked.argv.begin(), {"/usr/bin/unshare", "--uts", "sh", "-c",
                                           "hostname elsewhere && exec \"$@\"", "sh"});
    for (const auto* name : {"HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"}) {
      const auto folder = test_run().below("elsewhere") / name;
      std::filesystem::create_directories(folder);
      asked.environment[name] = folder.string();
    }
    return run(asked);
  };
  const auto made = up();
  ASSERT_EQ(made.exit_code, 0) << made.text();
  const auto joined = elsewhere({"up", "--json", "--wait"});
  ASSERT_EQ(joined.exit_code, 0) << joined.text();
  EXPECT_EQ(json_at(joined.out, "/containerId"), json_at(made.out, "/containerId"));
  // What one of them is in the middle of, the other one sees and does not disturb.
  ChildProcess child(request({"exec", "--workspace-folder", address(), "sh", "-c",
                              "echo here >place; echo begun; while ! test -e other; do :; done; "
                              "cat other"}));
  ASSERT_TRUE(child.wait_for_output("begun", milliseconds(60'000)));
  EXPECT_EQ(elsewhere({"exec", "sh", "-c", "cat place; echo there >.o; mv .o other"}).out,
            "here\n");
  EXPECT_NE(child.finish().text().find("there"), std::string::npos);
  EXPECT_EQ(exec({"cat", "created"}).out, "x\n");
  // And what one of them removes is gone for both.
  EXPECT_EQ(elsewhere({"down"}).exit_code, 0);
  const auto gone = exec({"true"});
  EXPECT_NE(gone.text().find("Dev container not found"), std::string::npos) << gone.text();
  EXPECT_EQ(up().exit_code, 0);
  EXPECT_EQ(containers(), "1\n");
}

}  // namespace
}  // namespace fairlead::test
