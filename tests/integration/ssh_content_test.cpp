// What is on a host already, and what is cloned there, with the program itself.

#include "ssh_host_fixture.hpp"
#include "support/files.hpp"
#include "support/json.hpp"

#include <csignal>

namespace fairlead::test {
namespace {

class SshContentTest : public SshWorkspaceTest {
 protected:
  void SetUp() override {
    SshHostTest::SetUp();
    if (IsSkipped()) return;
    test_run().set("FAIRLEAD_TRUST", "always");
    test_run().set("FAIRLEAD_BACKEND", "ssh-remote");
    test_run().set("FAIRLEAD_HOST", "ssh://box");
    test_run().set("FAIRLEAD_PORT_NAMES", "0");
    enter("box");
  }
  void TearDown() override {
    if (there_) {
      if (!workspace_.empty()) fairlead({"down", "--workspace-folder", workspace_});
      shell(*there_, "grep -l " + test_run().id() +
                         " ~/.local/share/fairlead/clones/*/+source 2>/dev/null | "
                         "while read f; do rm -rf \"${f%/*}\"; done; rm -f ~/.gitconfig");
    }
    SshWorkspaceTest::TearDown();
  }
  RunResult exec(const std::string& script) {
    return fairlead({"exec", "--workspace-folder", workspace_, "sh", "-c", script});
  }
  /// A repository with two commits, a branch and a submodule.
  void make_repository() {
    put("part/x", "of the part\n");
    put("app/.devcontainer.json", R"({"initializeCommand": "pwd >initialized"})");
    const auto made = shell(*there_, R"(set -e
git config --global user.email t@t; git config --global user.name t
git config --global protocol.file.allow always
cd )" + folder_ + R"(/part; git init -q; git add x; git commit -qm one
cd ../app; git init -q -b main; git submodule --quiet add file://)" +
                                         folder_ +
                                         R"(/part part
git add .; git commit -qm one; git checkout -q -b work
echo work >file; git add file; git commit -qm two; git rev-parse main >../first; git checkout -q main)");
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }
  std::string workspace_;
};

TEST_F(SshContentTest, ClonesARepositoryOnTheHost) {
  make_repository();
  workspace_ = "file://" + folder_ + "/app@work";
  const auto early = exec("true");
  EXPECT_NE(early.text().find("has not been cloned on ssh://box"), std::string::npos)
      << early.text();
  const auto made = fairlead({"up", "--json", "--workspace-folder", workspace_});
  ASSERT_EQ(made.exit_code, 0) << made.text();
  EXPECT_EQ(json_at(made.out, "/content"), "clone");
  EXPECT_NE(json_at(made.out, "/contentPlace").find("ssh://box/home/box/.local/share/"),
            std::string::npos);
  const auto inside = exec(
      "cat file part/x; git branch --show-current; test -e initialized; git "
      "rev-list --count HEAD");
  EXPECT_EQ(inside.out, "work\nof the part\nwork\n2\n") << inside.text();
  // The same again; what was changed in it stays.
  EXPECT_EQ(exec("echo mine >file").exit_code, 0);
  EXPECT_EQ(json_at(fairlead({"up", "--json", "--workspace-folder", workspace_}).out, "/created"),
            "false");
  EXPECT_EQ(exec("cat file").out, "mine\n");
}

/// A repository that only a key of this machine's agent opens.
TEST_F(SshContentTest, ClonesWithTheForwardedAgent) {
  const auto folder = test_run().below("work");
  const auto key = (folder / "key").string();
  const auto socket = "/tmp/" + test_run().id() + ".agent";
  const auto begun =
      run({.argv = {"/bin/sh", "-c",
                    "ssh-keygen -q -t ed25519 -N '' -f \"$1\" && ssh-agent -a \"$2\" "
                    ">\"$1.agent\" && SSH_AUTH_SOCK=$2 ssh-add -q \"$1\"",
                    "sh", key, socket},
           .environment = test_run().environment()});
  ASSERT_EQ(begun.exit_code, 0) << begun.text();
  struct End {
    std::string pid;
    ~End() { ::kill(std::stoi(pid), SIGTERM); }
  };
  const auto said = read_file(key + ".agent");
  const auto at = said.find("SSH_AGENT_PID=") + 14;
  const End end{said.substr(at, said.find(';', at) - at)};
  // The key opens the account `plain` for this test.
  const auto server = host("plain");
  const auto line = read_file(key + ".pub");
  const auto repository = "/home/plain/" + test_run().id() + ".git";
  ASSERT_EQ(
      run_on(*server,
             {.argv = {"sh", "-c", "cat >>~/.ssh/authorized_keys && git init -q --bare \"$1\"",
                       "sh", repository}},
             line)
          .exit_code,
      0);
  const auto pushed = shell(
      *there_,
      "set -e; mkdir -p " + folder_ + "/one ~/.ssh; cd " + folder_ +
          "/one; git init -q -b main; echo hello >file; echo '{}' >.devcontainer.json; git add .; "
          "git -c user.email=t@t -c user.name=t commit -qm one; git bundle create -q " +
          folder_ + "/b main; cat " + folder_ +
          "/b | base64 -w0; "
          "ssh-keyscan -p 2222 127.0.0.1 >~/.ssh/known_hosts 2>/dev/null");
  ASSERT_EQ(pushed.exit_code, 0) << pushed.err;
  const auto filled =
      run_on(*server,
             {.argv = {"sh", "-c",
                       "base64 -d >\"$1.b\" && git -C \"$1\" fetch -q \"$1.b\" main:main && "
                       "git -C \"$1\" symbolic-ref HEAD refs/heads/main",
                       "sh", repository}},
             pushed.out);
  ASSERT_EQ(filled.exit_code, 0) << filled.err;

  workspace_ = "ssh://plain@127.0.0.1:2222" + repository;
  const auto refused = fairlead({"up", "--workspace-folder", workspace_});
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_NE(refused.text().find("ForwardAgent yes"), std::string::npos) << refused.text();
  test_run().set("FAIRLEAD_HOST", "ssh://agent");
  test_run().set("SSH_AUTH_SOCK", socket);
  const auto made = fairlead({"up", "--json", "--workspace-folder", workspace_});
  EXPECT_EQ(made.exit_code, 0) << made.text();
  EXPECT_EQ(exec("cat file").out, "hello\n");
  shell(*server, "sed -i '/" + test_run().id() + "/d;\\|" + line.substr(12, 60) +
                     "|d' ~/.ssh/authorized_keys; rm -rf " + repository + "*");
  shell(*there_, "rm -f ~/.ssh/known_hosts");
}

TEST_F(SshContentTest, ClonesACommitAndNoMoreThanItsDepth) {
  make_repository();
  test_run().set("FAIRLEAD_CLONE_DEPTH", "1");
  const auto first = shell(*there_, "cat " + folder_ + "/first").out;
  workspace_ = "file://" + folder_ + "/app@work";
  ASSERT_EQ(fairlead({"up", "--workspace-folder", workspace_}).exit_code, 0);
  EXPECT_EQ(exec("git rev-list --count HEAD").out, "1\n");
  EXPECT_EQ(fairlead({"down", "--workspace-folder", workspace_}).exit_code, 0);
  workspace_ = "file://" + folder_ + "/app@" + first.substr(0, first.find('\n'));
  const auto made = fairlead({"up", "--workspace-folder", workspace_});
  ASSERT_EQ(made.exit_code, 0) << made.text();
  EXPECT_EQ(exec("test -e file; echo $?; git rev-parse HEAD").out, "1\n" + first);

  const auto nothing = fairlead({"up", "--workspace-folder", "file://" + folder_ + "/app@nothing"});
  EXPECT_NE(nothing.text().find("has no branch, tag or commit 'nothing'"), std::string::npos)
      << nothing.text();
  const auto nobody = fairlead({"up", "--workspace-folder", "file://" + folder_ + "/nobody.git"});
  EXPECT_NE(nobody.text().find("does not appear to be a git repository"), std::string::npos)
      << nobody.text();
}

TEST_F(SshContentTest, TakesAFolderThatIsThere) {
  configure(R"("initializeCommand": "id -un >initialized")");
  test_run().set("FAIRLEAD_REMOTE_WORKSPACE_FOLDER", folder_);
  workspace_ = test_run().below("work").string();
  const auto made = fairlead({"up", "--json", "--workspace-folder", workspace_});
  ASSERT_EQ(made.exit_code, 0) << made.text();
  EXPECT_EQ(json_at(made.out, "/content"), "folder");
  EXPECT_EQ(json_at(made.out, "/contentPlace"), address());
  EXPECT_EQ(exec("pwd; cat initialized").out, folder_ + "\nbox\n");
  // By its own address it is the same.
  EXPECT_EQ(json_at(fairlead({"up", "--json", "--workspace-folder", address()}).out, "/created"),
            "false");
}

}  // namespace
}  // namespace fairlead::test
