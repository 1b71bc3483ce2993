// Images that lack what others have, and users whose shells are no help. USER, CFG.

#include "fixture.hpp"

namespace fairlead::test {
namespace {

class RoughImages : public DockerTest {
 protected:
  /// A workspace whose image is made by `lines` on top of the base image.
  Workspace made_by(const std::string& lines, const std::string& members = {},
                    const std::string& base = base_image) {
    const Workspace project = workspace();
    project.write(".devcontainer/Dockerfile", "FROM " + base + "\n" + lines);
    project.write(".devcontainer/devcontainer.json", R"({"build": {"dockerfile": "Dockerfile"})" +
                                                         (members.empty() ? "" : ", " + members) +
                                                         "}");
    return project;
  }
  RunRequest own(const Workspace& project) const { return own_up(project); }
};

/// As with an exec of the engine's each: a command may add the user to a group for the next ones.
TEST_F(RoughImages, MayGiveTheUserGroupsWhileHooksRun) {
  const Workspace project = made_by(
      "RUN echo 'dev:x:1234:1234::/tmp:/bin/sh' >>/etc/passwd && "
      "echo dev:x:1234: >>/etc/group && chmod 666 /etc/group\n",
      R"x("remoteUser": "dev", "updateRemoteUserUID": false,
                  "onCreateCommand": "echo late:x:4242:dev >>/etc/group",
                  "postCreateCommand": "echo groups $(id -G)",
                  "postStartCommand": "echo again $(id -G)")x");
  const RunResult result = run(own(project));
  EXPECT_EQ(result.exit_code, 0) << result.text();
  EXPECT_NE(result.err.find("groups 1234 4242"), std::string::npos) << result.text();
  EXPECT_NE(result.err.find("again 1234 4242"), std::string::npos) << result.text();
}

/// An engine starts nothing for a name that it does not find, root's number it takes.
TEST_F(RoughImages, MayHaveNoUserDatabase) {
  const Workspace project =
      made_by("RUN rm -f /etc/passwd /etc/group /etc/shadow\n",
              R"("onCreateCommand": "id -u > seen", "remoteEnv": {"GIVEN": "yes"})");
  const RunResult result = run(own(project));
  EXPECT_EQ(result.exit_code, 0) << result.text();
  EXPECT_EQ(project.read("seen"), "0\n");
  const RunResult inside = run(
      fairlead({"exec", "--workspace-folder", project.folder.string(), "sh", "-c", "echo $GIVEN"}));
  EXPECT_EQ(inside.out, "yes\n") << inside.text();
}

TEST_F(RoughImages, NeedTheUserThatIsNamed) {
  const Workspace project = workspace(R"("remoteUser": "ghost", "onCreateCommand": "true")");
  const RunResult result = run(own(project));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(json_at(result.out, "/code"), "environment.enter") << result.text();
  EXPECT_NE(result.err.find("ghost"), std::string::npos) << result.text();
}

TEST_F(RoughImages, MayHaveNothingButBusyBox) {  // neither bash nor getent: the shell that there is
  const Workspace project = made_by(
      "RUN echo 'dev:x:1234:1234::/home/dev:/bin/sh' >> /etc/passwd && mkdir -p /home/dev && "
      "echo 'export PROBED=login' > /home/dev/.profile && chown -R 1234 /home/dev\n",
      R"("remoteUser": "dev", "postCreateCommand": "echo $PROBED > /tmp/seen")");
  must_up(project);
  EXPECT_EQ(must_exec(project, "cat /tmp/seen; echo $PROBED"), "login\nlogin\n");
}

/// Nothing but musl's loader, and a shell that is linked to it.
TEST_F(RoughImages, MayHaveAnotherCLibrary) {
  constexpr const char* compiler = "/usr/bin/musl-gcc";
  constexpr const char* loader = "/lib/ld-musl-x86_64.so.1";
  if (!std::filesystem::exists(compiler) || !std::filesystem::exists(loader))
    GTEST_SKIP() << "musl-tools is not installed";
  const Workspace project = made_by(
      "COPY shell /bin/musl-shell\nCOPY loader /lib/ld-musl-x86_64.so.1\n"
      "RUN echo 'dev:x:1234:1234::/home/dev:/bin/musl-shell' >>/etc/passwd && mkdir -p /home/dev "
      "&& chown 1234 /home/dev && ln -sf musl-shell /bin/sh\n",
      R"("remoteUser": "dev", "postCreateCommand": "echo $C_LIBRARY > /tmp/seen")");
  const auto folder = project.folder / ".devcontainer";
  write_file(folder / "shell.c",
             "#include <stdlib.h>\n#include <unistd.h>\nint main(int n, char **v) {\n"
             "  (void)n; setenv(\"C_LIBRARY\", \"musl\", 1);\n"
             "  v[0] = v[0][0] == '-' ? \"-sh\" : \"sh\";\n"
             "  execv(\"/bin/busybox\", v); return 127; }\n");
  const RunResult compiled =
      run({.argv = {compiler, "-o", (folder / "shell").string(), (folder / "shell.c").string()},
           .environment = test_run().environment(),
           .directory = folder.string(),
           .input = {}});
  ASSERT_EQ(compiled.exit_code, 0) << compiled.text();
  std::filesystem::copy_file(loader, folder / "loader");
  must_own_up(project);
  EXPECT_EQ(must_exec(project, "cat /tmp/seen; echo $C_LIBRARY; id -un"), "musl\nmusl\ndev\n");
  RunRequest shell = fairlead({"shell", "--workspace-folder", project.folder.string()});
  shell.input = "echo in $C_LIBRARY; exit 7\n";
  const RunResult result = run(std::move(shell));
  EXPECT_EQ(result.exit_code, 7) << result.text();
  EXPECT_EQ(result.out, "in musl\n");
}

TEST_F(RoughImages, NeedAShell) {
  const Workspace project = made_by("", {}, "scratch");
  project.write(".devcontainer/Dockerfile", "FROM scratch\nCOPY Dockerfile /file\n");
  const RunResult result = run(own(project));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(json_at(result.out, "/outcome"), "error") << result.text();
  EXPECT_NE(result.err.find("/bin/sh"), std::string::npos) << result.text();
  EXPECT_TRUE(instances().empty()) << "what cannot start does not stay";
}

TEST_F(RoughImages, MayBeReadOnly) {
  const Workspace project =
      workspace(R"("runArgs": ["--read-only"], "postCreateCommand": "echo created >> log")");
  const RunResult result = run(own(project));
  EXPECT_EQ(result.exit_code, 0) << result.text();
  EXPECT_EQ(project.read("log"), "created\n");
  EXPECT_EQ(must_exec(project, "pwd"), project.inside() + "\n");
}

TEST_F(RoughImages, MayHaveAProfileThatTalks) {
  const Workspace project =
      made_by("RUN echo 'echo Welcome; echo on stderr >&2; export PROBED=yes' >> /etc/profile\n",
              R"("postCreateCommand": "echo $PROBED > seen")");
  must_up(project);
  EXPECT_EQ(project.read("seen"), "yes\n");
  EXPECT_EQ(must_exec(project, "echo $PROBED"), "yes\n");
}

TEST_F(RoughImages, MayHaveAProfileThatAsks) {
  const Workspace project =
      made_by("RUN echo 'printf \"Your name? \"; read name; export PROBED=$?' >> /etc/profile\n",
              R"("postCreateCommand": "echo $PROBED > seen")");
  const RunResult result = run(up(project));
  EXPECT_EQ(result.exit_code, 0) << result.text();
  EXPECT_EQ(project.read("seen"), "1\n");  // nothing to read: the question had no answer
}

TEST_F(RoughImages, MayHaveAProfileThatExits) {
  const Workspace project =
      made_by("RUN echo 'exit 3' >> /etc/profile\n", R"("postCreateCommand": "echo ran > seen")");
  const RunResult result = run(own(project));
  EXPECT_EQ(result.exit_code, 0) << result.text();
  EXPECT_NE(result.err.find("did not give its environment"), std::string::npos) << result.text();
  EXPECT_EQ(project.read("seen"), "ran\n");
  EXPECT_EQ(must_exec(project, "pwd"), project.inside() + "\n");
}

}  // namespace
}  // namespace fairlead::test
