#include "spec/git_commit.hpp"

#include "project_folder.hpp"

#include <gtest/gtest.h>

namespace fairlead::spec_test {
namespace {

TEST(GitCommit, FollowsLooseAndPackedRefs) {
  const ProjectFolder project;
  EXPECT_EQ(git_commit(project.root()), "");
  project.write(".git/HEAD", "ref: refs/heads/main\n");
  EXPECT_EQ(git_commit(project.root()), "") << "no commit yet";
  project.write(".git/packed-refs",
                "# pack-refs with: peeled\naaa refs/heads/other\nbbb refs/heads/main\n");
  EXPECT_EQ(git_commit(project.root()), "bbb");
  project.write(".git/refs/heads/main", "ccc\n");
  EXPECT_EQ(git_commit(project.root()), "ccc");
  project.write(".git/HEAD", "ddd\n");
  EXPECT_EQ(git_commit(project.root()), "ddd") << "detached";
}

TEST(GitCommit, KnowsLinkedWorkTrees) {
  const ProjectFolder project;
  project.write("main/.git/refs/heads/side", "eee\n");
  project.write("main/.git/worktrees/w/HEAD", "ref: refs/heads/side\n");
  project.write("main/.git/worktrees/w/commondir", "../..\n");
  project.write("w/.git", "gitdir: ../main/.git/worktrees/w\n");
  EXPECT_EQ(git_commit(project.root() + "/w"), "eee");
}

TEST(GitCommit, StaysInTheRepository) {
  const ProjectFolder project;
  project.write("secret", "fff\n");
  project.write(".git/HEAD", "ref: refs/../../secret\n");
  EXPECT_EQ(git_commit(project.root()), "");
}

}  // namespace
}  // namespace fairlead::spec_test
