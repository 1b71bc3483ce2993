// What is on a host already, and what is cloned there, with the program itself.

#include "ssh_host_fixture.hpp"
#include "support/json.hpp"

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
