#include "matrix_workspaces.hpp"

#include <ostream>

namespace fairlead::test {
namespace {

using Files = std::map<std::string, std::string>;

const std::string user_image = "fairlead-test/user";
const std::string dockerfile = ".devcontainer/Dockerfile";

Files feature(const std::string& name, const std::string& members, const std::string& install) {
  const auto folder = ".devcontainer/" + name + '/';
  return {{folder + "devcontainer-feature.json",
           R"({"id": ")" + name + R"(", "version": "1.0.0", "name": "n")" + members + "}"},
          {folder + "install.sh", "#!/bin/sh\n" + install + "\n"}};
}

Files both(Files one, const Files& other) {
  one.insert(other.begin(), other.end());
  return one;
}

std::vector<MatrixWorkspace> images() {
  return {
      {.name = "image"},
      {.name = "image-user", .expected = "dev\n/workspaces/WS\n", .image = user_image},
      {.name = "dockerfile",
       .script = "cat /built; echo $FROM_FILE",
       .expected = "built\nyes\n",
       .build = R"({"dockerfile": "Dockerfile"})",
       .compose_build = ".",
       .files = {{dockerfile,
                  "FROM fairlead-test/busybox\nENV FROM_FILE=yes\nRUN echo built >/built\n"}}},
      {.name = "dockerfile-target-args",
       .script = "cat /a; test -e /last || echo no last",
       .expected = "one two\nno last\n",
       .build = R"({"dockerfile": "Dockerfile", "target": "first", "args": {"A": "one two"}})",
       .compose_build = R"({context: ., target: first, args: {A: one two}})",
       .files = {{dockerfile,
                  "FROM fairlead-test/busybox AS first\nARG A\nRUN echo $A >/a\nFROM first\n"
                  "RUN touch /last\n"}}},
      {.name = "dockerfile-context",
       .script = "cat /content",
       .expected = "content\n",
       .build = R"({"dockerfile": "Dockerfile", "context": ".."})",
       .compose_build = R"({context: .., dockerfile: .devcontainer/Dockerfile})",
       .files = {{dockerfile, "FROM fairlead-test/busybox\nCOPY sub/content /content\n"},
                 {"sub/content", "content\n"}}},
  };
}

std::vector<MatrixWorkspace> features() {
  return {
      {.name = "feature-option",
       .members = R"("features": {"./f": {"greeting": "a 'b' \"c\" $d"}})",
       .script = "cat /feature",
       .expected = "a 'b' \"c\" $d\n",
       .files = feature("f", R"(, "options": {"greeting": {"type": "string", "default": ""}})",
                        "printf '%s\\n' \"$GREETING\" >/feature")},
      {.name = "features-in-order",
       .members = R"("features": {"./a": {}, "./b": {}})",
       .script = "cat /order",
       .expected = "b\na\n",
       .files = both(feature("a", R"(, "dependsOn": {"./b": {}})", "echo a >>/order"),
                     feature("b", "", "echo b >>/order"))},
      {.name = "feature-environment",
       .members = R"("features": {"./f": {}})",
       .script = "echo $F_ENV; command -v f-tool",
       .expected = "of the feature\n/opt/f/f-tool\n",
       .files = feature(
           "f", R"(, "containerEnv": {"F_ENV": "of the feature", "PATH": "/opt/f:${PATH}"})",
           "mkdir -p /opt/f; touch /opt/f/f-tool; chmod 755 /opt/f/f-tool")},
      {.name = "feature-entrypoint",
       .members = R"("features": {"./f": {}}, "overrideCommand": true)",
       .script = "cat /started",
       .expected = "started\n",
       .files = feature("f", R"(, "entrypoint": "/entry.sh")",
                        "printf '#!/bin/sh\\necho started >/started\\nexec \"$@\"\\n' >/entry.sh; "
                        "chmod 755 /entry.sh")},
      {.name = "feature-user",
       .members = R"("features": {"./f": {}}, "remoteUser": "dev")",
       .script = "cat /users; id -un",
       .expected = "dev dev /home/dev\ndev\n",
       .image = user_image,
       .files = feature("f", "", "echo $_CONTAINER_USER $_REMOTE_USER $_REMOTE_USER_HOME >/users")},
  };
}

std::vector<MatrixWorkspace> hooks() {
  return {
      {.name = "hooks-order",
       .members =
           R"("onCreateCommand": "echo create >>o", "updateContentCommand": "echo content >>o",
                     "postCreateCommand": "echo created >>o", "postStartCommand": "echo started >>o",
                     "postAttachCommand": "echo attached >>o")",
       .script = "cat o",
       .expected = "create\ncontent\ncreated\nstarted\nattached\n"},
      {.name = "hooks-side-by-side",
       .members =
           R"("postCreateCommand": {"one": "echo 1 >one", "two": ["sh", "-c", "echo 2 >two"]})",
       .script = "cat one two",
       .expected = "1\n2\n"},
      {.name = "hooks-words",
       .members =
           R"("postCreateCommand": ["sh", "-c", "printf '%s|' \"$@\" >words", "x", "a b", "$c", "'d'"])",
       .script = "cat words",
       .expected = "a b|$c|'d'|"},
      {.name = "hooks-user",
       .members = R"("remoteUser": "dev", "postCreateCommand": "id -un >who; echo $HOME >>who")",
       .script = "cat who",
       .expected = "dev\n/home/dev\n",
       .image = user_image},
  };
}

std::vector<MatrixWorkspace> users() {
  return {
      {.name = "remote-user-root",
       .members = R"("remoteUser": "root")",
       .script = "id -un; touch made && echo writable",
       .expected = "root\nwritable\n",
       .image = user_image},
      {.name = "remote-user",
       .members = R"("remoteUser": "dev")",
       .script = "id -un; touch made && echo writable; cd; pwd",
       .expected = "dev\nwritable\n/home/dev\n",
       .image = user_image},
      {.name = "container-user",
       .members = R"("containerUser": "dev", "remoteUser": "root")",
       .script = "id -un; stat -c %U /proc/1",
       .expected = "root\ndev\n",
       .image = user_image},
      {.name = "user-by-number",
       .members = R"("remoteUser": "1234")",
       .script = "id -u; touch made && echo writable",
       .expected = "1234\nwritable\n"},
  };
}

std::vector<MatrixWorkspace> mounts() {
  return {
      {.name = "mount-folder",
       .members = R"("mounts": ["source=${localWorkspaceFolder}/data,target=/data,type=bind"])",
       .script = "cat /data/file; echo more >/data/new; cat data/new",
       .expected = "content\nmore\n",
       .files = {{"data/file", "content\n"}}},
      {.name = "mount-volume",
       .members = R"("mounts": [{"source": "v-WS", "target": "/v", "type": "volume"}])",
       .script = "echo kept >/v/f; cat /v/f; grep -c ' /v ' /proc/mounts",
       .expected = "kept\n1\n"},
      {.name = "mount-memory",
       .members = R"("mounts": ["target=/t,type=tmpfs"])",
       .script = "grep ' /t ' /proc/mounts | cut -d' ' -f2-3",
       .expected = "/t tmpfs\n"},
      {.name = "mount-readonly",
       .members =
           R"("mounts": ["source=${localWorkspaceFolder}/data,target=/data,type=bind,readonly"])",
       .script = "touch /data/new 2>/dev/null || echo read-only; cat /data/file",
       .expected = "read-only\ncontent\n",
       .files = {{"data/file", "content\n"}}},
      {.name = "workspace-mount",
       .members = R"("workspaceMount": "source=${localWorkspaceFolder},target=/w,type=bind",
                     "workspaceFolder": "/w/sub")",
       .script = "pwd; cat ../top",
       .expected = "/w/sub\ntop\n",
       .files = {{"top", "top\n"}, {"sub/x", ""}},
       .composes = false},
  };
}

std::vector<MatrixWorkspace> environments() {
  return {
      {.name = "container-environment",
       .members = R"("containerEnv": {"A": "a 'b' \"c\" $d", "B": "${localEnv:MATRIX_LOCAL}"})",
       .script = "printf '%s\\n' \"$A\" \"$B\"; tr '\\0' '\\n' </proc/1/environ | grep ^B=",
       .expected = "a 'b' \"c\" $d\nfrom outside\nB=from outside\n"},
      {.name = "remote-environment",
       .members =
           R"("remoteEnv": {"PATH": "${containerEnv:PATH}:/extra", "A": "${containerWorkspaceFolder}"})",
       .script = "echo $A; case $PATH in *:/extra) echo extra ;; esac",
       .expected = "/workspaces/WS\nextra\n"},
      {.name = "init",
       .members = R"("init": true)",
       .script = "cat /proc/1/comm",
       .expected = "docker-init\n",
       .differs = {{"podman", "podman-init\n"}}},
      {.name = "capability",
       .members = R"("capAdd": ["SYS_PTRACE"])",
       .script = "b=$(sed -n 's/^CapBnd:[^0-9a-f]*//p' /proc/1/status); "
                 "[ $((0x$b >> 19 & 1)) = 1 ] && echo may trace",
       .expected = "may trace\n"},
      {.name = "run-args",
       .members = R"("runArgs": ["--hostname", "box", "--add-host", "other:10.1.2.3"])",
       .script = "hostname; grep -c '^10.1.2.3.other' /etc/hosts",
       .expected = "box\n1\n",
       .composes = false},
  };
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const MatrixWorkspace& workspace) {
  return out << workspace.name;
}

const std::vector<MatrixWorkspace>& matrix_workspaces() {
  static const auto all = [] {
    std::vector<MatrixWorkspace> list;
    for (const auto& part : {images(), features(), hooks(), users(), mounts(), environments()})
      list.insert(list.end(), part.begin(), part.end());
    return list;
  }();
  return all;
}

}  // namespace fairlead::test
