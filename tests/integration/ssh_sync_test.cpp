// A folder of this machine and its copy on a host, with the program itself.

#include "ssh_sync_fixture.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <sstream>

namespace fairlead::test {
namespace {

/// Tells the FIFO that a run below that folder waits for from others; empty: none does.
std::string open_gate(const fs::path& folder) {
  for (const auto& process : fs::directory_iterator("/proc")) {
    std::error_code error;
    for (fs::directory_iterator it(process.path() / "fd", error), end; !error && it != end;
         it.increment(error)) {
      std::error_code gone;
      struct stat info {};
      const auto target = fs::read_symlink(it->path(), gone);
      const bool is_gate =
          target.extension() == ".gate" && target.string().starts_with(folder.string());
      if (!is_gate || ::stat(it->path().c_str(), &info) != 0) continue;
      return std::to_string(info.st_ino) + ' ' + std::to_string(info.st_ctim.tv_sec) + '.' +
             std::to_string(info.st_ctim.tv_nsec);
    }
  }
  return {};
}

/// What this machine's shell says to a script, in one line.
std::string shell_here(const std::string& script) {
  auto said = run({.argv = {"/bin/sh", "-c", script}, .environment = {{"PATH", variable("PATH")}}});
  while (said.out.ends_with('\n')) said.out.pop_back();
  return said.out;
}

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

/// What a run asks before it looks at files is asked before something changes.
TEST_F(SshSyncTest, HasTheNextRunReady) {
  write("a.txt", "one\n");
  ASSERT_EQ(up().exit_code, 0);
  // Of the FIFO that the next run waits for, once something there has opened it.
  const auto gate = [&] { return open_gate(test_run().folder()); };
  std::string first;
  ASSERT_TRUE(wait_until(patience, [&] { return !(first = gate()).empty(); }));
  // Changed on both sides meanwhile: it sees what is there when it looks.
  put("b.txt", "from there\n");
  write("a.txt", "two\n");
  EXPECT_TRUE(arrives("a.txt", "two\n"));
  EXPECT_TRUE(wait_until(patience, [&] { return here("b.txt") == "from there\n"; }));
  EXPECT_TRUE(wait_until(patience, [&] {
    const auto next = gate();
    return !next.empty() && next != first;
  }));
  // Another run meanwhile makes it worthless, and that is noticed.
  write("a.txt", "three\n");
  EXPECT_EQ(sync("now").exit_code, 0);
  write("a.txt", "four\n");
  EXPECT_TRUE(arrives("a.txt", "four\n"));
  EXPECT_EQ(json_at(sync("status").out, "/conflicts"), "[]") << sync("status").text();
  follow_no_more();
  // What waited there is a process of its own, which is told to end.
  EXPECT_TRUE(wait_until(patience, [&] { return gate().empty(); }));
}

/// The background process has raised its own limit, which is not for what it starts.
TEST_F(SshSyncTest, ConnectsWithTheCallersLimitOfDescriptors) {
  write("a.txt", "one\n");
  auto limited = request({"up", "--json", "--workspace-folder", project_.string()});
  limited.argv.insert(limited.argv.begin(),
                      {"/bin/sh", "-c", "ulimit -S -n 300 && exec \"$@\"", "sh"});
  const auto made = run(limited);
  ASSERT_EQ(made.exit_code, 0) << made.text();
  const auto before = masters();
  ASSERT_EQ(before.size(), 1U);
  ::kill(std::stoi(before.front()), SIGKILL);
  std::vector<std::string> anew;  // of who follows: nobody else connects here
  ASSERT_TRUE(wait_until(patience, [&] {
    anew = masters();
    return !anew.empty() && anew != before;
  }));
  const auto limits = read_file("/proc/" + anew.front() + "/limits");
  const auto line = limits.find("Max open files");
  ASSERT_NE(line, std::string::npos) << limits;
  EXPECT_EQ(std::stoi(limits.substr(line + std::string("Max open files").size())), 300) << limits;
}

/// Each has archives of its own, in which a run of another one changes nothing.
TEST_F(SshSyncTest, KeepsTheNextRunReadyWhileAnotherFolderIsSynchronised) {
  const auto log = test_run().below("work") / "runs";
  const auto bin = test_run().below("bin");
  const auto unison = shell_here("command -v unison");
  ASSERT_NE(unison, "");
  write_file(bin / "unison", "#!/bin/sh\n[ -d \"$1\" ] || exec " + unison +
                                 " \"$@\"\necho \"began $$ $1\" >>" + log.string() + "\n" + unison +
                                 " \"$@\"\ns=$?\necho \"ended $$ $1\" >>" + log.string() +
                                 "\nexit $s\n");
  fs::permissions(bin / "unison", fs::perms::owner_exec, fs::perm_options::add);
  test_run().set("PATH", bin.string() + ':' + test_run().environment().at("PATH"));
  const auto other = test_run().below("work") / "other";
  write_file(other / ".devcontainer.json", R"({"name": "other"})");
  const auto about_other = [&](const std::vector<std::string>& words) {
    auto all = words;
    all.insert(all.end(), {"--json", "--workspace-folder", other.string(),
                           "--remote-workspace-folder", folder_ + "-other"});
    return fairlead(all);
  };
  const auto began = [&] {  // the run of the first folder that began last
    std::string last;
    std::istringstream lines(fs::exists(log) ? read_file(log) : std::string());
    for (std::string line; std::getline(lines, line);) {
      const bool first = line.ends_with(' ' + project_.string());
      if (first && line.starts_with("began ")) last = line.substr(6);
    }
    return last;
  };
  const auto has_ended = [&](const std::string& run) {
    return read_file(log).find("ended " + run + '\n') != std::string::npos;
  };
  write("a.txt", "one\n");
  ASSERT_EQ(up().exit_code, 0);
  std::string ready;
  ASSERT_TRUE(wait_until(patience, [&] {
    ready = began();
    return !open_gate(test_run().folder()).empty() && !ready.empty() && !has_ended(ready);
  }));
  const auto made = about_other({"up"});
  EXPECT_EQ(made.exit_code, 0) << made.text();
  write_file(other / "b.txt", "two\n");
  const auto synced = about_other({"sync", "now"});
  EXPECT_EQ(synced.exit_code, 0) << synced.text();
  write("a.txt", "two\n");
  EXPECT_TRUE(arrives("a.txt", "two\n"));
  // A run that had become worthless would have been ended, and another one begun.
  EXPECT_TRUE(wait_until(patience, [&] { return has_ended(ready); })) << read_file(log);
  EXPECT_EQ(shell(*there_, "cat " + folder_ + "-other/b.txt").out, "two\n");
  EXPECT_EQ(about_other({"down"}).exit_code, 0);
  shell(*there_, "rm -rf " + folder_ + "-other");
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

}  // namespace
}  // namespace fairlead::test
