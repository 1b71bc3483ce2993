// `fairlead host …` and `doctor --host`: the user's list of machines, and what works on them.

#include "ssh_host_fixture.hpp"
#include "support/files.hpp"
#include "support/json.hpp"

#include <csignal>
#include <filesystem>
#include <random>

namespace fairlead::test {
namespace {

class HostCommandTest : public SshWorkspaceTest {
 protected:
  std::shared_ptr<Host> host_of(const std::string& name) { return SshHostTest::host(name); }
  RunResult host(std::vector<std::string> words) {
    words.insert(words.begin(), "host");
    return fairlead(std::move(words));
  }

  /// An ssh that never gets through; it makes the file `begun`.
  std::string slow_ssh() {
    const auto program = test_run().below("work") / "slow-ssh";
    write_file(program, "#!/bin/sh\necho $$ >" + begun().string() + "\nexec sleep 4005\n");
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    return program.string();
  }
  std::filesystem::path begun() const { return begun_; }

 private:
  void SetUp() override {
    SshWorkspaceTest::SetUp();
    if (!IsSkipped()) begun_ = test_run().below("work") / "begun";
  }
  std::filesystem::path begun_;
};

TEST_F(HostCommandTest, KeepsAListInTheUsersOwnSettings) {
  EXPECT_NE(host({"list"}).out.find("No hosts"), std::string::npos);
  const auto added = host({"add", "ssh://box/some/folder"});
  EXPECT_EQ(added.exit_code, 0) << added.text();
  EXPECT_NE(added.out.find("ssh://box was added to "), std::string::npos) << added.text();
  EXPECT_EQ(json_at(host({"add", "ssh://plain", "--json"}).out, "/changed"), "true");
  EXPECT_EQ(json_at(host({"add", "ssh://box", "--json"}).out, "/changed"), "false");
  const auto listed = host({"list", "--json"});
  EXPECT_EQ(json_at(listed.out, "/0/address"), "ssh://box") << listed.text();
  EXPECT_EQ(json_at(listed.out, "/1/address"), "ssh://plain");
  EXPECT_NE(json_at(listed.out, "/1/origin").find("config.toml"), std::string::npos);

  // `list` asks them.
  const auto everywhere = fairlead({"list"});
  EXPECT_NE(everywhere.text().find("ssh://plain"), std::string::npos) << everywhere.text();

  EXPECT_EQ(host({"remove", "ssh://box"}).exit_code, 0);
  EXPECT_EQ(json_at(host({"list", "--json"}).out, "/0/address"), "ssh://plain");
  const auto unknown = host({"remove", "ssh://box"});
  EXPECT_NE(unknown.exit_code, 0);
  EXPECT_NE(unknown.err.find("not in your own list"), std::string::npos) << unknown.text();
}

TEST_F(HostCommandTest, RefusesWhatNamesNoHost) {
  for (const char* word : {"box", "local", "ssh://-oProxyCommand=x", "ssh://me:secret@box",
                           "ssh://box:99999", "telnet://box"}) {
    const auto refused = host({"add", word});
    EXPECT_NE(refused.exit_code, 0) << word;
    EXPECT_EQ(refused.out, "") << word;
  }
  EXPECT_NE(host({"list"}).out.find("No hosts"), std::string::npos);
}

TEST_F(HostCommandTest, ExplainsEachStageOfAHost) {
  struct Case {
    const char* name;
    const char* stage;
    const char* words;
  };
  const Case cases[] = {{"nosuch.invalid", "name", "cannot be resolved"},
                        {"refused", "network", "no SSH server listens there"},
                        {"changed", "key", "IDENTIFICATION HAS CHANGED"},
                        {"unknown", "key", "is not known yet"},
                        {"stranger", "login", "does not let you in"},
                        {"password", "login", "wants a password, and there is no terminal"},
                        {"nologin", "shell", "its login shell runs no command"}};
  for (const auto& [name, stage, words] : cases) {
    const auto said = host({"check", std::string("ssh://") + name, "--json", "--set",
                            "plugins.ssh.connect_timeout=5"});
    EXPECT_EQ(said.exit_code, 1) << said.text();
    EXPECT_EQ(json_at(said.out, "/healthy"), "false");
    // The stage that fails is the last one, and has a way out.
    const auto failed = said.out.find(R"("outcome":"bad")");
    ASSERT_NE(failed, std::string::npos) << said.text();
    EXPECT_EQ(said.out.find(R"("outcome")", failed + 1), std::string::npos) << said.text();
    EXPECT_NE(said.out.find(std::string(R"("name":")") + stage + R"(","outcome":"bad")"),
              std::string::npos)
        << said.text();
    EXPECT_NE(said.out.find(words), std::string::npos) << said.text();
    EXPECT_NE(said.out.find(R"("hint":)"), std::string::npos) << name;
  }
}

TEST_F(HostCommandTest, SaysWhichEnginesAHostHas) {
  const auto good = host({"check", "ssh://box"});
  EXPECT_NE(good.out.find("box on linux"), std::string::npos) << good.text();
  EXPECT_NE(good.out.find("It lets you in."), std::string::npos) << good.text();
  EXPECT_NE(good.out.find("ssh-remote: The host itself"), std::string::npos) << good.text();
  const auto doctor = fairlead({"doctor", "--host", "ssh://nologin"});
  EXPECT_NE(doctor.out.find("ssh://nologin, shell:"), std::string::npos) << doctor.text();

  enter("box");
  const bool engine = shell(*there_, "test -S /var/run/docker.sock").exit_code == 0;
  EXPECT_EQ(good.exit_code, 0) << good.text();
  if (!engine) {
    EXPECT_NE(good.out.find("there is no such socket"), std::string::npos) << good.text();
    return;
  }
  EXPECT_NE(good.out.find("docker: Docker"), std::string::npos) << good.text();
  // An account without rights to it hears of that, and of the group.
  const auto plain = host({"check", "ssh://plain"});
  EXPECT_NE(plain.out.find("permission denied"), std::string::npos) << plain.text();
  EXPECT_NE(plain.out.find("group"), std::string::npos) << plain.text();
}

/// A clock of the account's own: its shell finds this `date` first.
TEST_F(HostCommandTest, SaysThatAHostsClockIsOff) {
  EXPECT_NE(host({"check", "ssh://box"}).out.find("Its clock agrees"), std::string::npos);
  enter("plain");
  ASSERT_EQ(shell(*there_, R"(mkdir -p ~/shim
printf '#!/bin/sh\nexec /bin/date -d "2 hours ago" "$@"\n' >~/shim/date; chmod 755 ~/shim/date
echo 'PATH=$HOME/shim:$PATH' >~/.bashrc)")
                .exit_code,
            0);
  const auto said = host({"check", "ssh://plain", "--json"});
  shell(*there_, "rm -rf ~/shim ~/.bashrc");
  EXPECT_NE(said.out.find(R"("name":"clock","outcome":"warning")"), std::string::npos)
      << said.text();
  EXPECT_NE(said.out.find(" s behind."), std::string::npos) << said.text();
  EXPECT_NE(said.out.find("set-ntp"), std::string::npos) << said.text();
}

TEST_F(HostCommandTest, CopiesInAndOutWithModesLinksAndTimes) {
  enter("box");
  const auto folder = test_run().below("work") / "a folder";
  write_file(folder / "sub/it's.txt", std::string(300'000, 'x'));
  write_file(folder / "tool", "#!/bin/sh\n");
  std::filesystem::permissions(folder / "tool", std::filesystem::perms(0750));
  std::filesystem::create_symlink("nowhere", folder / "link");
  const auto facts =
      "cd \"$1\" && touch -d 2001-02-03 tool 2>/dev/null; find . ! -type d -printf '%P %m %s %l "
      "%Ts\\n' | sort";
  const auto here = run({.argv = {"/bin/sh", "-c", facts, "sh", folder.string()},
                         .environment = test_run().environment()});
  const auto copied = fairlead({"cp", folder.string(), "ssh://box" + folder_});
  ASSERT_EQ(copied.exit_code, 0) << copied.text();
  EXPECT_EQ(run_on(*there_, {.argv = {"sh", "-c", facts, "sh", folder_}}).out, here.out);
  // Into a folder that is there; to another account; and back.
  EXPECT_EQ(fairlead({"cp", (folder / "tool").string(), "ssh://box" + folder_ + "/sub/"}).exit_code,
            0);
  EXPECT_EQ(shell(*there_, "stat -c '%a %U' " + folder_ + "/sub/tool").out, "750 box\n");
  const auto back = test_run().below("work") / "back";
  const auto fetched = fairlead({"cp", "ssh://box" + folder_, back.string()});
  ASSERT_EQ(fetched.exit_code, 0) << fetched.text();
  EXPECT_EQ(read_file(back / "sub/it's.txt").size(), 300'000U);
  EXPECT_TRUE(std::filesystem::is_symlink(back / "link"));

  const auto again = fairlead({"cp", folder.string(), "ssh://box/home/box"});
  EXPECT_EQ(again.exit_code, 0) << again.text();
  const auto taken = fairlead({"cp", folder.string(), "ssh://box/home/box"});
  EXPECT_NE(taken.text().find("a folder of that name"), std::string::npos) << taken.text();
  shell(*there_, "rm -rf ~/'a folder'");
  const auto missing = fairlead({"cp", "ssh://box" + folder_ + "/nothing", back.string()});
  EXPECT_NE(missing.text().find("/nothing does not exist"), std::string::npos) << missing.text();
  // "." and ".." are no names.
  const auto parent = fairlead({"cp", "ssh://box" + folder_ + "/sub/../tool/.", back.string()});
  EXPECT_EQ(parent.exit_code, 0) << parent.text();
  EXPECT_EQ(std::filesystem::file_size(back / "tool"), 10U);
  // What a login shell says is no fault of tar's.
  const auto plain = host_of("plain");
  shell(*plain, "echo 'echo this tar is not that tar >&2' >~/.bashrc; echo x >~/x");
  const auto loud = fairlead({"cp", "ssh://plain/home/plain/x", back.string()});
  shell(*plain, "rm ~/.bashrc ~/x");
  EXPECT_EQ(loud.exit_code, 0) << loud.text();
  // Without room nothing of it stays.
  const auto full = fairlead({"cp", folder.string(), "ssh://tight/home/tight/copy"});
  EXPECT_NE(full.text().find("No space left"), std::string::npos) << full.text();
  EXPECT_EQ(shell(*host_of("tight"), "ls -A ~ | grep -cE 'copy|fairlead-part'").out, "0\n");
}

TEST_F(HostCommandTest, ClearsWhatAFormerCopyLeft) {
  enter("box");
  const auto big = test_run().below("work") / "big";
  const auto small = test_run().below("work") / "small";
  std::string noise(48U << 20U, 'x');
  std::minstd_rand random(7);
  for (auto& byte : noise) byte = static_cast<char>(random() >> 8U);
  write_file(big, noise);
  write_file(small, "x");
  shell(*there_, "mkdir -p " + folder_ + "/.fairlead-part-another-1-2-3-4");
  std::string part;
  ChildProcess child(request({"cp", big.string(), "ssh://box" + folder_ + "/"}));
  ASSERT_TRUE(child.wait_for(
      [&] {
        part = shell(*there_, "ls -A " + folder_ + " | grep fairlead-part | grep -v another").out;
        return !part.empty();
      },
      milliseconds(60'000)));
  EXPECT_EQ(child.finish().exit_code, 0);
  // As a lost link would have left it: its writer is no more.
  part.pop_back();
  shell(*there_, "rm " + folder_ + "/big; mkdir -p " + folder_ + '/' + part + "/data");
  const auto next = fairlead({"cp", small.string(), "ssh://box" + folder_ + "/"});
  EXPECT_EQ(next.exit_code, 0) << next.text();
  EXPECT_EQ(shell(*there_, "ls -A " + folder_).out, ".fairlead-part-another-1-2-3-4\nsmall\n");
}

TEST_F(HostCommandTest, StopsConnectingAtOnce) {
  const auto ssh = "plugins.ssh.ssh_path=" + slow_ssh();
  const auto project = test_run().below("work") / "project";
  write_file(project / ".devcontainer.json", R"({"image": "x"})");
  for (const auto& words :
       {std::vector<std::string>{"up", "--workspace-folder", "ssh://nowhere/x"},
        {"exec", "--workspace-folder", "ssh://nowhere/x", "true"},
        {"up", "https://nowhere.invalid/a/b.git", "--host", "ssh://nowhere"},
        {"sync", "status", "--host", "ssh://nowhere", "--workspace-folder", project.string()},
        {"host", "check", "ssh://nowhere"}}) {
    std::filesystem::remove(begun());
    auto command = words;
    command.insert(command.begin() + (words[0] == "host" || words[0] == "sync" ? 2 : 1),
                   {"--set", ssh});
    ChildProcess child(request(command));
    EXPECT_TRUE(
        child.wait_for([&] { return std::filesystem::exists(begun()); }, milliseconds(30'000)));
    child.signal(SIGINT);
    const auto sent = std::chrono::steady_clock::now();
    const auto result = child.finish();
    EXPECT_LT(std::chrono::steady_clock::now() - sent, milliseconds(10'000)) << result.text();
    EXPECT_NE(result.exit_code, 0) << result.text();  // the guard sees whether ssh went, too
  }
}

}  // namespace
}  // namespace fairlead::test
