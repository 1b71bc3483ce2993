// Features of the shapes that people use, installed by us and by the reference CLI, compared
// inside.

#include "fixture.hpp"

#include <utility>

namespace fairlead::test {
namespace {

void add(const Workspace& project, const std::string& id, const std::string& members,
         const std::string& script) {
  const auto folder = ".devcontainer/" + id + '/';
  project.write(folder + "devcontainer-feature.json",
                R"({"id": ")" + id + R"(", "version": "1.2.0", "name": "N)" + id + "\"" +
                    (members.empty() ? "" : ", " + members) + "}");
  project.write(folder + "install.sh", "#!/bin/sh\nset -e\n" + script);
}

class FeaturesPeer : public DockerTest {
 protected:
  void SetUp() override {
    if (reference_cli().empty()) GTEST_SKIP() << "skipped: no reference CLI";
    DockerTest::SetUp();
  }

  RunResult up_with(const std::string& program, const Workspace& project) const {
    RunRequest request = with_program(
        program,
        devcontainer({"up", "--buildkit", "never", "--workspace-folder", project.folder.string()}));
    request.timeout = milliseconds(170'000);
    return run(std::move(request));
  }
  /// The containers of two equal workspaces, the reference's and ours.
  template <class Fill>
  std::pair<std::string, std::string> up_with_both(const Fill& fill) {
    std::vector<std::string> containers;
    for (const auto& [whose, program] :
         {std::pair{"theirs/ws", reference_cli()}, std::pair{"ours/ws", devcontainer_binary()}}) {
      const Workspace project = workspace({}, whose);
      fill(project);
      const auto result = up_with(program, project);
      EXPECT_EQ(result.exit_code, 0) << result.text();
      containers.push_back(json_at(result.out, "/containerId"));
    }
    return {containers[0], containers[1]};
  }
  std::string inside(const std::string& container, const std::string& script,
                     const std::string& user = "root") {
    const auto result = run(
        {.argv = {"/usr/bin/env", "docker", "exec", "-u", user, container, "/bin/sh", "-c", script},
         .environment = test_run().environment(),
         .directory = "/",
         .input = {}});
    EXPECT_EQ(result.exit_code, 0) << result.text();
    return result.out;
  }
  /// Kind, rights, owner, name and content of everything that features may have made.
  std::string files(const std::string& container) {
    return inside(container,
                  "for p in /etc/passwd /etc/group /usr/local /opt /home /root /seen; do "
                  "find $p; done 2>/dev/null | sort | while read -r f; do "
                  "if [ -L \"$f\" ]; then echo \"link $f $(readlink \"$f\")\"; "
                  "elif [ -d \"$f\" ]; then stat -c 'folder %n %a %u %g' \"$f\"; "
                  "else stat -c 'file %n %a %u %g' \"$f\"; case $f in *Marker) ;; "
                  "*) cat \"$f\" ;; esac; fi; done");
  }
};

/// What most features begin with: packages apart, a user, a home, programs, and settings for
/// shells.
void add_common_utils(const Workspace& project) {
  add(project, "common-utils",
      R"("options": {"username": {"type": "string", "default": "automatic"},
         "userUid": {"type": "string", "default": "automatic"},
         "installZsh": {"type": "boolean", "default": true},
         "upgradePackages": {"type": "boolean", "default": false}},
         "customizations": {"vscode": {"extensions": ["a.b"]}},
         "onCreateCommand": "echo created >>/tmp/hooks")",
      R"(mkdir -p /usr/local/bin /usr/local/share "/home/$USERNAME" /seen
echo "$USERNAME:x:$USERUID:$USERUID::/home/$USERNAME:/bin/sh" >>/etc/passwd
echo "$USERNAME:x:$USERUID:" >>/etc/group
printf 'alias ll=ls\n' >"/home/$USERNAME/.profile"
chown -R "$USERUID:$USERUID" "/home/$USERNAME"
chmod 750 "/home/$USERNAME"
cp helper.sh /usr/local/bin/helper
chmod 755 /usr/local/bin/helper
ln -s helper /usr/local/bin/also
(echo "zsh=$INSTALLZSH upgrade=$UPGRADEPACKAGES"; echo "$_CONTAINER_USER $_CONTAINER_USER_HOME"
echo "$_REMOTE_USER $_REMOTE_USER_HOME"; pwd | sed 's/_[0-9]*$//'; id -u) >/seen/common-utils
)");
  project.write(".devcontainer/common-utils/helper.sh", "#!/bin/sh\necho helped\n");
}

// Edge cases 54, 55, 58; FEAT-010, 014..020, 022..026, 028; BLD-009, 014
TEST_F(FeaturesPeer, AreTheSameInside) {
  const auto fill = [](const Workspace& project) {
    add_common_utils(project);
    add(project, "git", R"("installsAfter": ["./common-utils"], "options": {"version": {
          "type": "string", "proposals": ["os-provided", "latest"], "default": "latest"}},
          "containerEnv": {"PATH": "/opt/git/bin:${PATH}", "QUOTED": "x \"y\" \\z"},
          "customizations": {"vscode": {"extensions": ["c.d", "a.b"], "settings": {"x": 1}}},
          "updateContentCommand": ["sh", "-c", "echo updated >>/tmp/hooks"],
          "mounts": [{"source": "/etc/hostname", "target": "/host-name", "type": "bind"}])",
        "mkdir -p /opt/git/bin\nprintf '#!/bin/sh\\necho git %s\\n' \"$VERSION\" "
        ">/opt/git/bin/git\nchmod +x /opt/git/bin/git\n");
    add(project, "python", R"("dependsOn": {"./git": "os-provided"}, "options": {
          "version": {"type": "string", "default": "3"}, "tools": {"type": "boolean",
          "default": true}, "my.opt": {"type": "string", "default": "d"},
          "1st-opt": {"type": "string", "default": "e"}})",
        "(git; echo \"$PATH\"; echo \"$QUOTED\"; echo \"v=$VERSION tools=$TOOLS my=$MY_OPT "
        "first=$_ST_OPT more=$NOT_DECLARED\") >/seen/python\n");
    add(project, "sshd", R"("entrypoint": "/usr/local/share/sshd-init.sh", "init": true,
          "capAdd": ["SYS_PTRACE"], "securityOpt": ["seccomp=unconfined"],
          "postCreateCommand": {"one": "echo one >>/tmp/hooks", "two": ["touch", "/tmp/two"]},
          "postStartCommand": "echo started >>/tmp/hooks",
          "postAttachCommand": "echo attached >>/tmp/hooks", "options": {"version": {"type": "string", "default": "1"}})",
        "printf '#!/bin/sh\\necho started >/seen/entrypoint\\nexec \"$@\"\\n' "
        ">/usr/local/share/sshd-init.sh\nchmod +x /usr/local/share/sshd-init.sh\n"
        "echo \"v=$VERSION\" >/seen/sshd\n");
    add(project, "off", R"("options": {"version": {"type": "string", "default": "1"}})",
        "echo \"v=$VERSION\" >/seen/off\n");
    add(project, "plain", "", "echo \"v=${VERSION-unset}\" >/seen/plain\n");
    project.write(".devcontainer/devcontainer.json",
                  R"({"image": ")" + base_image + R"(", "remoteUser": "dev",
        "updateRemoteUserUID": false, "containerEnv": {"OWN": "$HOME"}, "features": {
        "./plain": false, "./off": false, "./sshd": true, "./git": "1.18", "./python": {
        "my.opt": "it's", "1st-opt": "two words", "not-declared": "x", "tools": false},
        "./common-utils": {"username": "dev", "userUid": "1234", "installZsh": false}}})");
  };
  const auto [their_id, our_id] = up_with_both(fill);
  const auto seen = files(our_id);
  EXPECT_EQ(seen, files(their_id));
  for (const char* each : {"zsh=false upgrade=false", "git os-provided", "x \"y\" \\z", "v=true",
                           "v=false", "v=unset", "v=3 tools=false my=it's first=two words more=x",
                           "file /home/dev/.profile 644 1234 1234"}) {
    EXPECT_NE(seen.find(each), std::string::npos) << each << '\n' << seen;
  }
  for (const char* each : {"/Config/Env", "/Config/User", "/Config/Labels/devcontainer.metadata",
                           "/HostConfig/CapAdd", "/HostConfig/Init", "/HostConfig/SecurityOpt"}) {
    EXPECT_EQ(json_at(engine().inspect(our_id), each), json_at(engine().inspect(their_id), each))
        << each;
  }
  const auto merged = [&](const std::string& program, const std::string& id) {
    RunRequest request = with_program(
        program,
        devcontainer({"read-configuration", "--include-merged-configuration", "--workspace-folder",
                      json_at(engine().inspect(id), "/Config/Labels/devcontainer.local_folder")}));
    return json_at(run(std::move(request)).out, "/mergedConfiguration/customizations");
  };
  EXPECT_EQ(merged(devcontainer_binary(), our_id), merged(reference_cli(), their_id));
  const std::string hooks = "cat /tmp/hooks; ls /tmp/two; test -s /host-name; echo $?";
  EXPECT_EQ(inside(our_id, hooks),
            "created\nupdated\nupdated\none\nstarted\nattached\n/tmp/two\n0\n");
  EXPECT_EQ(inside(our_id, hooks), inside(their_id, hooks));
  EXPECT_EQ(inside(our_id, "git; helper; id -u", "dev"),
            inside(their_id, "git; helper; id -u", "dev"));
}

// Edge case 54: the one thing that differs, and that the text asks for. FEAT-019, FEAT-020
TEST_F(FeaturesPeer, GetTheirValuesLiterally) {
  const auto fill = [](const Workspace& project) {
    add(project, "f", R"("options": {"v": {"type": "string", "default": ""}})",
        "echo \"$V\" >/seen\necho \"$_CONTAINER_USER $_REMOTE_USER\" >/users\n");
    project.write(".devcontainer/Dockerfile", "FROM " + base_image + "\nUSER nobody\n");
    project.write(".devcontainer/devcontainer.json",
                  R"({"build": {"dockerfile": "Dockerfile"}, "updateRemoteUserUID": false,
                      "features": {"./f": {"v": "a$HOME \"q\" `id -un`"}}})");
  };
  const auto [their_id, our_id] = up_with_both(fill);
  const std::string look = "cat /seen /users";
  EXPECT_EQ(inside(their_id, look), "a/root q root\nnobody nobody\n");
  EXPECT_EQ(inside(our_id, look), "a$HOME \"q\" `id -un`\nnobody nobody\n");
}

}  // namespace
}  // namespace fairlead::test
