// A folder of this machine and its copy on a host, with the program itself.

#include "ssh_host_fixture.hpp"
#include "support/files.hpp"
#include "support/json.hpp"
#include "support/wait.hpp"

#include <unistd.h>

#include <filesystem>

namespace fairlead::test {
namespace {

namespace fs = std::filesystem;

constexpr milliseconds patience{60'000};

class SshSyncTest : public SshWorkspaceTest {
 protected:
  void SetUp() override {
    SshHostTest::SetUp();
    if (IsSkipped()) return;
    test_run().set("FAIRLEAD_TRUST", "always");
    test_run().set("FAIRLEAD_CONTENT", "sync");
    test_run().set("FAIRLEAD_BACKEND", "ssh-remote");
    test_run().set("FAIRLEAD_PORT_NAMES", "0");
    enter_as("box");
  }
  void TearDown() override {
    if (there_) {
      fairlead({"down", "--workspace-folder", project_.string()});
      fairlead({"background", "--stop"});
    }
    SshWorkspaceTest::TearDown();
  }

  void enter_as(const std::string& account) {
    enter(account);
    test_run().set("FAIRLEAD_HOST", "ssh://" + account);
    test_run().set("FAIRLEAD_REMOTE_WORKSPACE_FOLDER", folder_);
    project_ = test_run().below("work") / "project";
    write(".devcontainer.json", R"({"name": "synced"})");
  }

  void write(const std::string& path, const std::string& text) const {
    fs::create_directories((project_ / path).parent_path());
    write_file(project_ / path, text);
  }
  std::string here(const std::string& path) const {
    return fs::exists(project_ / path) ? read_file(project_ / path) : "(none)";
  }
  std::string there(const std::string& path) {
    return shell(*there_, "cat '" + folder_ + '/' + path + "' 2>/dev/null || echo '(none)'").out;
  }
  bool arrives(const std::string& path, const std::string& text) {
    return wait_until(patience, [&] { return there(path) == text; });
  }

  RunResult up() { return fairlead({"up", "--json", "--workspace-folder", project_.string()}); }
  RunResult sync(const std::string& action) {
    return fairlead({"sync", action, "--json", "--workspace-folder", project_.string()});
  }
  void follow_no_more() { EXPECT_EQ(fairlead({"background", "--stop"}).exit_code, 0); }

  fs::path project_;
};

TEST_F(SshSyncTest, UploadsAndThenFollowsBothSides) {
  write(".gitignore", "*.o\nbuild/\n");
  write(".fairleadignore", "secret\n");
  write("a.txt", "one\n");
  write("sub/a b.txt", "two\n");
  write("x.o", "x");
  write("build/out", "x");
  write("secret", "x");
  fs::create_symlink("a.txt", project_ / "link");
  fs::permissions(project_ / "a.txt", fs::perms::owner_exec, fs::perm_options::add);
  write(".devcontainer.json", R"({"initializeCommand": "pwd >initialized",
    "containerEnv": {"FOLDER": "${localWorkspaceFolder}", "OF": "${localEnv:FAIRLEAD_CONTENT}"}})");
  const auto made = up();
  ASSERT_EQ(made.exit_code, 0) << made.text();
  EXPECT_EQ(json_at(made.out, "/content"), "synchronised");
  EXPECT_EQ(json_at(made.out, "/contentPlace"), "ssh://box" + folder_);
  EXPECT_EQ(there("a.txt") + there("sub/a b.txt") + there("link"), "one\ntwo\none\n");
  EXPECT_EQ(shell(*there_, "cd " + folder_ +
                               " && ls -A | sort | tr '\\n' ' '; test -x a.txt && "
                               "test -L link && stat -c %U a.txt")
                .out,
            ".devcontainer.json .fairleadignore .gitignore a.txt initialized link sub box\n");
  // Its source is here; where the commands run, the folder is the host's.
  EXPECT_EQ(here("initialized"), project_.string() + '\n');
  const auto inside = fairlead({"exec", "--workspace-folder", project_.string(), "sh", "-c",
                                "echo $FOLDER $OF; pwd; echo three >made-there"});
  EXPECT_EQ(inside.out, folder_ + " sync\n" + folder_ + '\n') << inside.text();

  write("a.txt", "changed here\n");
  EXPECT_TRUE(arrives("a.txt", "changed here\n")) << sync("status").text();
  EXPECT_TRUE(wait_until(patience, [&] { return here("made-there") == "three\n"; }));
  fs::remove(project_ / "sub/a b.txt");
  EXPECT_TRUE(arrives("sub/a b.txt", "(none)\n"));
  write("new/folder/b.txt", "four\n");
  EXPECT_TRUE(arrives("new/folder/b.txt", "four\n"));
  const auto status = sync("status");
  EXPECT_EQ(json_at(status.out, "/continuous"), "true") << status.text();
  EXPECT_EQ(json_at(status.out, "/program"), "unison") << status.text();
  EXPECT_EQ(masters().size(), 1U);

  EXPECT_EQ(fairlead({"stop", "--workspace-folder", project_.string()}).exit_code, 0);
  EXPECT_EQ(json_at(sync("status").out, "/continuous"), "false");
}

TEST_F(SshSyncTest, InitializesOnTheHostWhereThatIsChosen) {
  test_run().set("FAIRLEAD_INITIALIZE_ON", "host");
  write(".devcontainer.json", R"({"initializeCommand": "id -un >who; pwd >where",
    "containerEnv": {"OF": "${localEnv:HOME}"}})");
  const auto made = up();
  ASSERT_EQ(made.exit_code, 0) << made.text();
  EXPECT_EQ(there("who") + there("where"), "box\n" + folder_ + '\n');
  const auto inside =
      fairlead({"exec", "--workspace-folder", project_.string(), "sh", "-c", "echo $OF"});
  EXPECT_EQ(inside.out, "/home/box\n") << inside.text();
}

TEST_F(SshSyncTest, KeepsWhatBothSidesChanged) {
  write("a.txt", "common\n");
  ASSERT_EQ(up().exit_code, 0);
  follow_no_more();
  write("a.txt", "here\n");
  put("a.txt", "there\n");
  const auto both = sync("now");
  EXPECT_EQ(both.exit_code, 1) << both.text();
  EXPECT_EQ(json_at(both.out, "/conflicts/0"), "a.txt") << both.text();
  EXPECT_EQ(here("a.txt") + there("a.txt"), "here\nthere\n");
  const auto pushed = sync("push");
  EXPECT_EQ(pushed.exit_code, 0) << pushed.text();
  EXPECT_EQ(here("a.txt") + there("a.txt"), "here\nhere\n");
  // The other version is beside it.
  EXPECT_EQ(shell(*there_, "cat " + folder_ + "/*conflict*").out, "there\n");

  put("a.txt", "pulled\n");
  EXPECT_EQ(sync("pull").exit_code, 0);
  EXPECT_EQ(here("a.txt"), "pulled\n");
}

/// Folders become links and files, files become folders; nothing else goes with them.
class SshSyncOneWayTest : public SshSyncTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(SshSyncOneWayTest, TakesOtherKindsOfFiles) {
  test_run().set("FAIRLEAD_SYNC_WITH", GetParam());
  write("a/x", "a\n");
  write("b/x", "b\n");
  write("foo", "file\n");
  write("bar/y", "y\n");
  write("node/m.js", "m\n");
  const auto made = up();
  ASSERT_EQ(made.exit_code, 0) << made.text();
  follow_no_more();
  for (const auto* path : {"a", "foo", "bar"}) fs::remove_all(project_ / path);
  fs::create_symlink("b", project_ / "a");
  write("foo/z", "z\n");
  write("bar", "now a file\n");
  write(".gitignore", "node/\n");  // what is there stays
  const auto again = sync("now");
  EXPECT_EQ(again.exit_code, 0) << again.text();
  EXPECT_EQ(there("b/x") + there("a/x") + there("foo/z") + there("bar") + there("node/m.js"),
            "b\nb\nz\nnow a file\nm\n");
}

/// What the environment changes is not taken back by the next run.
TEST_P(SshSyncOneWayTest, LeavesWhatChangedThere) {
  test_run().set("FAIRLEAD_SYNC_WITH", GetParam());
  write("a.txt", "one\n");
  write("b.txt", "one\n");
  const auto made = up();
  ASSERT_EQ(made.exit_code, 0) << made.text();
  follow_no_more();
  put("a.txt", "changed there\n");
  write("b.txt", "changed here\n");
  const auto again = sync("now");
  EXPECT_EQ(again.exit_code, 0) << again.text();
  EXPECT_EQ(there("a.txt") + there("b.txt"), "changed there\nchanged here\n");
}

INSTANTIATE_TEST_SUITE_P(By, SshSyncOneWayTest, ::testing::Values("rsync", "tar"));

TEST_F(SshSyncTest, GoesOneWayByRsyncAndLosesNothing) {
  test_run().set("FAIRLEAD_SYNC_WITH", "rsync");
  write(".gitignore", "*.o\n");
  write("a.txt", "one\n");
  write("gone.txt", "two\n");
  const auto made = up();
  ASSERT_EQ(made.exit_code, 0) << made.text();
  EXPECT_NE(made.text().find("one way only"), std::string::npos) << made.text();
  follow_no_more();
  put("a.txt", "changed there\n");
  put("made-there.txt", "mine\n");
  put("x.o", "mine\n");
  write("a.txt", "changed here\n");
  write("new.txt", "three\n");
  fs::remove(project_ / "gone.txt");
  const auto pushed = sync("push");
  ASSERT_EQ(pushed.exit_code, 0) << pushed.text();
  EXPECT_EQ(there("a.txt") + there("new.txt") + there("gone.txt"), "changed here\nthree\n(none)\n");
  EXPECT_EQ(there("made-there.txt") + there("x.o"), "mine\nmine\n");
  EXPECT_EQ(shell(*there_, "cat ~/.local/state/fairlead/sync/overwritten-*/a.txt").out,
            "changed there\n");
  ASSERT_EQ(sync("pull").exit_code, 0);
  EXPECT_EQ(here("made-there.txt") + here("x.o"), "mine\n(none)");
}

TEST_F(SshSyncTest, SendsChangedFilesByTarWhereThereIsNothingElse) {
  test_run().set("FAIRLEAD_SYNC_WITH", "tar");
  write("a.txt", "one\n");
  write("gone.txt", "two\n");
  ASSERT_EQ(up().exit_code, 0);
  write("sub/new.txt", "three\n");
  write("a.txt", "four\n");
  fs::remove(project_ / "gone.txt");
  EXPECT_TRUE(arrives("a.txt", "four\n")) << sync("status").text();
  EXPECT_TRUE(arrives("sub/new.txt", "three\n"));
  EXPECT_TRUE(arrives("gone.txt", "(none)\n"));
  const auto pulled = sync("pull");
  EXPECT_NE(pulled.exit_code, 0);
  EXPECT_NE(pulled.text().find("nothing comes back"), std::string::npos) << pulled.text();
}

TEST_F(SshSyncTest, LeavesNothingHalfMadeOnAFullDisk) {
  enter_as("root");
  test_run().set("FAIRLEAD_REMOTE_WORKSPACE_FOLDER", "/home/tight/" + test_run().id());
  write("big", std::string(300'000, 'x'));
  for (int i = 0; i < 50; ++i) write("f" + std::to_string(i), std::to_string(i * 7919));
  const auto full = up();
  EXPECT_NE(full.exit_code, 0);
  EXPECT_NE(full.text().find("has no room for the copy"), std::string::npos) << full.text();
  EXPECT_EQ(shell(*there_, "ls -A /home/tight | grep -c fairlead-part; ls -d /home/tight/" +
                               test_run().id() + " 2>/dev/null")
                .out,
            "0\n");
}

TEST_F(SshSyncTest, GoesOnAfterTheLinkWasCut) {
  test_run().set("FAIRLEAD_PLUGINS__SSH__KEEP_ALIVE", "1");
  test_run().set("FAIRLEAD_PLUGINS__SSH__KEEP_ALIVE_COUNT", "2");
  test_run().set("FAIRLEAD_PLUGINS__SSH__CONNECT_TIMEOUT", "3");
  write("a.txt", "one\n");
  ASSERT_EQ(up().exit_code, 0);
  set_link(false);
  write("a.txt", "two\n");
  // Asking needs the host, too: what is known stands in the file.
  const auto record = [&] {
    for (const auto& entry : fs::recursive_directory_iterator(test_run().folder())) {
      const auto path = entry.path();
      if (path.extension() == ".json" && path.parent_path().filename() == "sync")
        return json_at(read_file(path), "/faultCode");
    }
    return std::string();
  };
  EXPECT_TRUE(wait_until(patience, [&] { return record().starts_with("host."); })) << record();
  set_link(true);
  EXPECT_TRUE(arrives("a.txt", "two\n"));
  EXPECT_TRUE(wait_until(patience, [&] { return record().empty(); })) << record();
  put("back.txt", "three\n");
  EXPECT_TRUE(wait_until(patience, [&] { return here("back.txt") == "three\n"; }));
  EXPECT_EQ(masters().size(), 1U);
}

/// The same account and folder on a machine of another name, with nothing kept in common.
class SshSyncOfTwoTest : public SshSyncTest {
 protected:
  std::vector<std::string> words(std::vector<std::string> first) const {
    first.insert(first.end(), {"--json", "--workspace-folder", other_.string()});
    return first;
  }
  void begin(const std::string& program) {
    test_run().set("FAIRLEAD_SYNC_WITH", program);
    other_ = test_run().below("work") / "theirs/project";
    fs::create_directories(other_);
    write_file(other_ / ".devcontainer.json", R"({"name": "synced"})");
    write_file(other_ / "b.txt", "from elsewhere\n");
    write("a.txt", "from here\n");
    ASSERT_EQ(up().exit_code, 0);
    follow_no_more();
  }
  fs::path other_;
};

TEST_F(SshSyncOfTwoTest, WorkOnOneCopyByUnison) {
  begin("unison");
  const auto joined = elsewhere(words({"sync", "now"}));
  ASSERT_EQ(joined.exit_code, 0) << joined.text();
  EXPECT_EQ(read_file(other_ / "a.txt"), "from here\n");
  EXPECT_EQ(sync("now").exit_code, 0);
  EXPECT_EQ(here("b.txt"), "from elsewhere\n");
}

TEST_F(SshSyncOfTwoTest, AreToldApartOneWay) {
  begin("rsync");
  const auto refused = elsewhere(words({"sync", "push"}));
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_NE(refused.text().find("copy of another machine's folder"), std::string::npos)
      << refused.text();
  EXPECT_EQ(there("a.txt") + there("b.txt"), "from here\n(none)\n");
}

/// The same with a container.
class SshSyncDockerTest : public SshSyncTest {
 protected:
  void SetUp() override {
    SshSyncTest::SetUp();
    if (IsSkipped()) return;
    test_run().set("FAIRLEAD_BACKEND", "docker");
    if (shell(*there_, "test -S /var/run/docker.sock").exit_code != 0) {
      there_.reset();
      GTEST_SKIP() << "skipped: the machine has no engine";
    }
  }
};

TEST_F(SshSyncDockerTest, MountsTheCopy) {
  write(".devcontainer.json", R"({"image": "fairlead-test/user", "remoteUser": "dev",
    "mounts": ["source=${localWorkspaceFolder}/data,target=/data,type=bind"],
    "postCreateCommand": "echo made >made-inside"})");
  write("data/x", "data\n");
  const auto made = up();
  ASSERT_EQ(made.exit_code, 0) << made.text();
  const auto inside =
      fairlead({"exec", "--workspace-folder", project_.string(), "sh", "-c", "cat /data/x; id -u"});
  EXPECT_EQ(inside.out, "data\n" + shell(*there_, "id -u").out) << inside.text();
  EXPECT_TRUE(wait_until(patience, [&] { return here("made-inside") == "made\n"; }));
  write("data/x", "newer\n");
  EXPECT_TRUE(wait_until(patience, [&] {
    return fairlead({"exec", "--workspace-folder", project_.string(), "cat", "/data/x"}).out ==
           "newer\n";
  }));

  // What is not in the folder has to be on the host, and the copy has to be this one.
  test_run().set("FAIRLEAD_REMOTE_WORKSPACE_FOLDER", folder_ + "-other");
  const auto other = up();
  EXPECT_NE(other.exit_code, 0);
  EXPECT_NE(other.text().find("works on " + folder_), std::string::npos) << other.text();
  test_run().set("FAIRLEAD_REMOTE_WORKSPACE_FOLDER", folder_);
}

/// An exec, a forward and a copy that is followed. With FAIRLEAD_TEST_CUT_SECONDS=60 for so long,
/// else until the command has heard of it.
TEST_F(SshSyncDockerTest, GoesOnWithAllOfItAfterTheLinkWasCut) {
  test_run().set("FAIRLEAD_PLUGINS__SSH__KEEP_ALIVE", "1");
  test_run().set("FAIRLEAD_PLUGINS__SSH__KEEP_ALIVE_COUNT", "2");
  test_run().set("FAIRLEAD_PLUGINS__SSH__CONNECT_TIMEOUT", "3");
  write(".devcontainer.json", R"({"image": "fairlead-test/busybox", "forwardPorts": [8766],
    "postStartCommand": "setsid nc -ll -p 8766 -e echo alive >/dev/null 2>&1 &"})");
  const auto made = up();
  ASSERT_EQ(made.exit_code, 0) << made.text();
  const auto port = json_at(made.out, "/forwards/0/localPort");
  ASSERT_NE(port, "") << made.text();
  const auto answers = [&] { return said_by(std::stoi(port)) == "alive\n"; };
  EXPECT_TRUE(wait_until(patience, answers));
  const auto exec = [&](const std::string& script) {
    return fairlead({"exec", "--workspace-folder", project_.string(), "sh", "-c", script});
  };
  ChildProcess child(request(
      {"exec", "--workspace-folder", project_.string(), "sh", "-c", "echo begun; sleep 4009"}));
  ASSERT_TRUE(child.wait_for_output("begun", patience));
  {
    const CutLink cut;
    write("a.txt", "written meanwhile\n");
    const auto lost = child.finish();
    EXPECT_NE(lost.text().find("was lost"), std::string::npos) << lost.text();
    const auto longer = variable("FAIRLEAD_TEST_CUT_SECONDS");
    if (!longer.empty()) wait_until(milliseconds(1000 * std::stoi(longer)), [] { return false; });
  }
  EXPECT_EQ(exec("echo back").out, "back\n");
  EXPECT_TRUE(wait_until(patience, answers));
  EXPECT_TRUE(arrives("a.txt", "written meanwhile\n"));
  EXPECT_TRUE(wait_until(patience, [&] { return exec("ps | grep '[s]leep 4009'").out.empty(); }));
  EXPECT_EQ(shell(*there_, "docker ps -q --filter volume=" + folder_ + " | wc -l").out, "1\n");
  EXPECT_EQ(masters().size(), 1U);
}

TEST_F(SshSyncDockerTest, NamesWhatIsNotOnTheHost) {
  write(".devcontainer.json", R"({"image": "fairlead-test/busybox",
    "mounts": ["source=/no/such/folder,target=/data,type=bind"]})");
  const auto refused = up();
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_NE(refused.text().find("/no/such/folder"), std::string::npos) << refused.text();
}

}  // namespace
}  // namespace fairlead::test
