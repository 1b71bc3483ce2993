#!/usr/bin/env python3
"""Compares what two programs answer to read-configuration, byte for byte.

    read_configuration_differential.py REFERENCE OURS [--count N] [--seed N] [--keep]

REFERENCE is the Dev Container reference CLI, OURS our drop-in. Neither needs an engine: a script
that plays the docker command and a socket that plays the Engine API both answer with one image whose
label differs from case to case. Cases are a fixed list (every known quirk by name) and N generated
ones. Where the reference fails, ours has to fail too, unless the case says that ours knows better.
Exit status: 0 all equal, 1 a difference, 77 the reference is not there (skipped).
"""
import argparse
import concurrent.futures
import http.server
import json
import os
import random
import re
import shutil
import socketserver
import subprocess
import sys
import tempfile
import threading
import urllib.parse

TIMEOUT = 180

DOCKER = """#!/bin/sh
# plays the docker command for one case
case "$1" in
-v) echo "Docker version 20.10.24, build 0" ;;
version) echo "20.10.24" ;;
ps) ;;
inspect) cat "$(dirname "$0")/image.json" ;;
*) exit 1 ;;
esac
"""


def image_of(label):
    labels = {} if label is None else {"devcontainer.metadata": label}
    return {"Id": "sha256:" + "1" * 64, "RepoTags": ["foo:latest"], "Architecture": "amd64",
            "Os": "linux", "Config": {"User": "dev", "Env": ["PATH=/bin"], "Labels": labels,
                                      "Entrypoint": None, "Cmd": ["sh"]}}


class Engine(http.server.BaseHTTPRequestHandler):
    """As much of the Engine API as reading needs: no containers and one image."""

    protocol_version = "HTTP/1.1"
    image = {}

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Api-Version", "1.41")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):
        path = urllib.parse.urlparse(self.path).path
        if path.endswith("/_ping"):
            self.answer(200, "OK")
        elif path.endswith("/version"):
            self.answer(200, {"Version": "20.10.24", "ApiVersion": "1.41", "MinAPIVersion": "1.12",
                              "Os": "linux", "Arch": "amd64"})
        elif path.endswith("/info"):
            self.answer(200, {"ServerVersion": "20.10.24", "OSType": "linux",
                              "Architecture": "x86_64", "Runtimes": {}})
        elif path.endswith("/containers/json"):
            self.answer(200, [])
        elif "/images/" in path and path.endswith("/json"):
            self.answer(200, self.image)
        else:
            self.answer(404, {"message": "no such thing"})

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


class UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True

    def get_request(self):
        connection, _ = super().get_request()
        return connection, ("local", 0)


class Case:
    def __init__(self, name, text, label=None, arguments=(), files=(), environment=(),
                 folder="proj", merged=True, ours_knows_better=False):
        self.name = name
        self.text = text if isinstance(text, (str, bytes)) else json.dumps(text)
        self.label = label if label is None or isinstance(label, str) else json.dumps(label)
        self.arguments = list(arguments)
        self.files = dict(files)
        self.environment = dict(environment)
        self.folder = folder
        self.merged = merged
        self.ours_knows_better = ours_knows_better


def lay_out(case, root):
    project = os.path.join(root, case.folder)
    os.makedirs(os.path.join(project, ".devcontainer"))
    if case.text is not None:
        content = case.text if isinstance(case.text, bytes) else case.text.encode()
        with open(os.path.join(project, ".devcontainer", "devcontainer.json"), "wb") as file:
            file.write(content)
    for path, content in case.files.items():
        full = os.path.join(root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w") as file:
            file.write(content)
    with open(os.path.join(root, "image.json"), "w") as file:
        json.dump([image_of(case.label)], file)
    docker = os.path.join(root, "docker")
    with open(docker, "w") as file:
        file.write(DOCKER)
    os.chmod(docker, 0o755)
    return project, docker


def answer(program, case, project, docker, socket):
    command = [program, "read-configuration", "--docker-path", docker]
    if "--workspace-folder" not in case.arguments:
        command += ["--workspace-folder", project]
    command += case.arguments
    if case.merged:
        command.append("--include-merged-configuration")
    environment = {name: value for name, value in os.environ.items()
                   if name in ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH")}
    environment.update({"A": "alpha", "EMPTY": "", "NEST": "${localWorkspaceFolder}"})
    environment.update(case.environment)
    environment["DOCKER_HOST"] = "unix://" + socket
    done = subprocess.run(command, cwd=os.path.dirname(docker), env=environment, timeout=TIMEOUT,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.returncode, done.stdout, done.stderr


def run(case, reference, ours, keep):
    root = tempfile.mkdtemp(prefix="rcd-")
    handler = type("CaseEngine", (Engine,), {"image": image_of(case.label)})
    socket = os.path.join(root, "engine.sock")
    server = UnixServer(socket, handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        project, docker = lay_out(case, root)
        expected = answer(reference, case, project, docker, socket)
        actual = answer(ours, case, project, docker, socket)
        # Two of the reference at once may get in each other's way: their folders for features are named by the time.
        if expected[0] != 0 and actual[0] == 0:
            expected = answer(reference, case, project, docker, socket)
    finally:
        server.shutdown()
        server.server_close()
        if not keep:
            shutil.rmtree(root, ignore_errors=True)
    if expected[0] != 0:
        same = actual[0] != 0 or case.ours_knows_better
    else:
        same = comparable(expected) == comparable(actual)
    return same, expected, actual


def comparable(answer):
    """But for the folders in which features are kept for building, which the reference names by the time."""
    return answer[0], re.sub(rb'"(cachePath|dstFolder)":"[^"]*"', rb'"\1":""', answer[1])


def first_difference(a, b):
    at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    begin = max(0, at - 60)
    return a[begin:at + 80].decode(errors="replace"), b[begin:at + 80].decode(errors="replace")


# ---------------------------------------------------------------------------- the fixed list

WORKTREE = {"main/.git/HEAD": "ref: refs/heads/main\n", "main/.git/objects/x": "",
            "main/.git/refs/x": "", "main/.git/worktrees/wt/HEAD": "ref: refs/heads/wt\n",
            "main/.git/worktrees/wt/commondir": "../..\n",
            "trees/wt/.git": "gitdir: ../../main/.git/worktrees/wt\n"}
GIT = {".git/HEAD": "ref: refs/heads/main\n", ".git/objects/x": "", ".git/refs/x": ""}


def named_cases():
    image = {"image": "foo"}
    yield Case("nothing but an image", image)
    yield Case("comments", '{ // a\n "image": "foo", /* b */ "name": "http://x/*no*/ // no" }')
    yield Case("trailing commas", '{"image":"foo","runArgs":["-e","A=1",],}')
    yield Case("missing comma", '{"image": "foo" "name": 1 }')
    yield Case("trailing text", '{"image":"foo"} trailing')
    yield Case("unterminated", '{"image":"foo"')
    yield Case("unterminated value", '{"image":"foo","name":')
    yield Case("lone brace", "{", merged=False)
    yield Case("half numbers", '{"image":"foo","a":01,"b":1.,"c":-,"d":.5,"e":1.e5,"f":-x}')
    yield Case("wrong bracket", '{"image":"foo","a":[1}, "b":2')
    yield Case("words", '{"image":"foo","a":truex,"b":1 x,"c":[1 x 2],"d":\'x\',"e":NaN}')
    yield Case("open text", '{"image":"foo","a":"b\n, "c":"d"}')
    yield Case("odd escapes", b'{"image":"foo","a":"x\\qy\\\xe2\x82\xacz\\\x00\\u12g\\\n"}')
    yield Case("not UTF-8", b'{"image":"foo","a":"\xe2\x82|\xff\xff|\\\xff\xc3\xa9\x00\x1f"}')
    for text in ("[]", '"x"', "null", "", "// nothing", "5", "true"):
        yield Case("root " + repr(text), text)
    yield Case("repeated key", '{"image":"foo","name":"one","x":1,"name":"two"}')
    yield Case("BOM and CRLF", b'\xef\xbb\xbf{\r\n"image": "foo",\r\n"name": "a\\r\\nb"\r\n}\r\n')
    yield Case("numbers", '{"image":"foo","n":[1.0,1e21,1e-7,0.1,-0,12345678901234567890,1e2,'
                          '123456.789e3,5e-324,1.7976931348623157e308,0.000001,100000000000000000000]}')
    yield Case("text escapes", '{"image":"foo","name":"\\u007f\\u0001\\/\\u2028\\ud83d\\ude00\\b\\f\\t"}')
    yield Case("member order", {"image": "foo", "9": 1, "b": 1, "10": 2, "01": 3,
                                "remoteEnv": {"2": "x", "a": "y", "1": "z"}})
    yield Case("unknown properties", {"image": "foo", "x-foo": {"a": [1, None]}, "$schema": "s"})
    yield Case("names of JavaScript", '{"image":"foo","__proto__":{"name":"x"},"constructor":1}')
    yield Case("own configFilePath", {"image": "foo", "configFilePath": 5, "z": 1})
    # legacy
    yield Case("legacy extensions", {"extensions": ["old.one", "shared.ext"], "image": "foo",
               "customizations": {"vscode": {"extensions": ["new.one", "shared.ext"]}}})
    yield Case("legacy settings", {"settings": {"a": 1, "both": "old"}, "image": "foo",
               "customizations": {"vscode": {"settings": {"both": "new", "c": 2}}, "x": 1}})
    yield Case("legacy devPort", {"devPort": 0, "image": "foo"})
    yield Case("legacy devPort twice", {"devPort": 9000, "image": "foo",
               "customizations": {"vscode": {"devPort": 8000}}})
    yield Case("legacy all", {"extensions": ["a"], "settings": {"q": 1}, "devPort": 1, "image": "foo"})
    # workspace
    yield Case("folder alone", {"image": "foo", "workspaceFolder": "/src/x/"})
    yield Case("mount alone", {"image": "foo", "workspaceMount": "type=bind,source=/x,target=/y"})
    yield Case("empty mount", {"image": "foo", "workspaceMount": "", "workspaceFolder": "/w"})
    yield Case("empty folder", {"image": "foo", "workspaceFolder": ""})
    for value in (None, 5, False, {"a": "${localEnv:A}"}, []):
        yield Case("odd mount %r" % value, {"image": "foo", "workspaceMount": value})
        yield Case("odd mount %r and a folder" % value,
                   {"image": "foo", "workspaceMount": value, "workspaceFolder": "/w"})
        yield Case("odd folder %r" % value, {"image": "foo", "workspaceFolder": value})
    yield Case("comma in the path", image, folder="a,b")
    yield Case("quote in the path", image, folder='q"c')
    yield Case("blank and hash in the path", image, folder="a b#c%d")
    yield Case("git root", image, folder="packages/app", files=GIT)
    yield Case("git root off", image, folder="packages/app", files=GIT,
               arguments=["--mount-workspace-git-root", "false"])
    yield Case("worktree", image, folder="trees/wt", files=WORKTREE,
               arguments=["--mount-git-worktree-common-dir"])
    yield Case("worktree below", image, folder="trees/wt/a/b", files=WORKTREE,
               arguments=["--mount-git-worktree-common-dir"])
    yield Case("worktree without the option", image, folder="trees/wt", files=WORKTREE)
    # variables
    texts = ["${localEnv:EMPTY:dflt}", "${localEnv:NONE:http://x:80/y}", "${localEnv:}", "${localEnv::d}",
             "${foo} $HOME $${x} ${} ${ localEnv:A} ${LocalEnv:A} ${localEnv:A",
             "${localEnv:A${localEnv:FOO}}", "${localEnv:NEST}", "${env:A}-${localEnv:A}",
             "${localWorkspaceFolder:x} ${localWorkspaceFolderBasename}",
             "${containerWorkspaceFolder} ${containerWorkspaceFolderBasename}",
             "${containerEnv:PATH} ${devcontainerId} ${containerEnv}", "a${localEnv:A\n}b${localEnv:A}",
             "${${localEnv:A}}", "$${localEnv:A}", "${localEnv:NONE:a:b:c}", "${env}x"]
    for text in texts[:-1]:
        yield Case("variable " + repr(text), {"image": "foo", "name": text, "x": [[{"y": text}]]})
    yield Case("variable without name", {"image": "foo", "name": "${localEnv}"})
    yield Case("old variable without name", {"image": "foo", "name": texts[-1]})
    yield Case("variable in a key", {"image": "foo", "containerEnv": {"${localEnv:A}": "${localEnv:A}"}})
    yield Case("container folder first", {"image": "foo", "name": "${containerWorkspaceFolder}",
               "workspaceFolder": "/w/${localWorkspaceFolderBasename}"})
    yield Case("container folder of itself", {"image": "foo", "name": "${containerWorkspaceFolder}",
               "workspaceFolder": "${localWorkspaceFolder}/${containerWorkspaceFolder}"})
    yield Case("variables in a label", image, label=[{"remoteEnv": {"W": "${localWorkspaceFolder}"}}])
    # merging
    yield Case("false cannot revoke", {"image": "foo", "init": False, "overrideCommand": False},
               label=[{"init": True, "overrideCommand": True, "updateRemoteUserUID": True}])
    yield Case("mount conflict", {"image": "foo", "mounts": [
        {"type": "bind", "source": "/new", "target": "/t3"}, "type=volume,source=v,target=/t4",
        "type=volume,source=w,target=/t4"]}, label=[{"mounts": ["type=bind,src=/x,dst=/t3"]}])
    yield Case("forwardPorts", {"image": "foo", "forwardPorts":
               ["localhost:3000", 8080, "db:5432", "cache:6379", 9]},
               label=[{"forwardPorts": [3000, "db:5432", "localhost:8080"]}])
    yield Case("portsAttributes", {"image": "foo", "portsAttributes": {"3000": {"onAutoForward": "x"}}},
               label=[{"portsAttributes": {"3000": {"label": "l", "protocol": "http"}, "b": {}}}])
    yield Case("hostRequirements", {"image": "foo", "hostRequirements": {
        "cpus": 2, "memory": "3gb", "storage": "2000gb"}}, label=[
            {"hostRequirements": {"cpus": 4, "memory": "2048mb", "storage": "1tb"}},
            {"hostRequirements": {"memory": "1073741824"}}])
    for a, b in ((True, "optional"), ("optional", False), ({"cores": 2}, True), ("optional", "optional"),
                 (False, False), ({"cores": 1, "memory": "1gb"}, {"cores": 2, "memory": "512mb"}),
                 (True, True), ("optional", {"cores": 1})):
        yield Case("gpu %r %r" % (a, b), {"image": "foo", "hostRequirements": {"gpu": b}},
                   label=[{"hostRequirements": {"gpu": a}}])
    yield Case("null in remoteEnv", {"image": "foo", "remoteEnv": {"A": None}},
               label=[{"remoteEnv": {"A": "1", "B": None}}])
    yield Case("single object label", image, label={"init": True})
    yield Case("broken label", image, label="broken")
    yield Case("number label", image, label="5")
    yield Case("string label", image, label='"x"')
    yield Case("empty label", image, label="")
    yield Case("empty list label", image, label=[])
    yield Case("empty entry", image, label=[{}])
    yield Case("null entry", image, label=[None, {"init": True}], ours_knows_better=True)
    yield Case("unmerged members", {"image": "foo", "entrypoint": "x", "id": "y"},
               label=[{"id": "f", "name": "n", "runArgs": ["a"], "image": "i"}])
    # values that no schema allows: the reference shows what JavaScript makes of them
    odd = [{"hostRequirements": {"memory": "4GB", "storage": "1.5gb", "cpus": 0}},
           {"hostRequirements": {"memory": "4 gb", "cpus": 2.5, "gpu": "maybe"}},
           {"hostRequirements": {"memory": "", "storage": "0", "gpu": None}},
           {"hostRequirements": {"cpus": -1}}, {"hostRequirements": {}},
           {"init": "yes", "privileged": 0}, {"init": None, "overrideCommand": None},
           {"remoteEnv": {"A": 5, "B": True}, "containerEnv": {"A": None}},
           {"waitFor": 5, "userEnvProbe": "x", "shutdownAction": ""}, {"remoteUser": "", "containerUser": 0},
           {"portsAttributes": {"80": 5}, "otherPortsAttributes": 5}, {"portsAttributes": []},
           {"postCreateCommand": 5, "onCreateCommand": None}, {"postStartCommand": {"a": 5}},
           {"forwardPorts": [1.5, -1, "a", 70000, "DB:80"]}, {"capAdd": ["A", "A", "a"]},
           {"customizations": {"t": None, "u": 5}}, {"secrets": 5}, {"runArgs": {}, "appPort": None}]
    for number, values in enumerate(odd):
        yield Case("odd values %d" % number, {"image": "foo", **values}, label=[{"init": False}])
        yield Case("odd values of a label %d" % number, image, label=[values])
    # files
    yield Case("override", image, files={"over.json": '{"image":"foo","name":"over"}'},
               arguments=["--override-config", "over.json"])
    yield Case("explicit", image, files={"x/some.json": '{"image":"foo","name":"some"}'},
               arguments=["--config", "x/some.json"])
    yield Case("dot file", None, files={"proj/.devcontainer.json": '{"image":"foo","name":"dot"}'})
    yield Case("missing", None)
    yield Case("only a named one", None,
               files={"proj/.devcontainer/alt/devcontainer.json": '{"image":"foo"}'})
    for text in ("", "RUN x\n", "FROM foo AS one\n"):
        yield Case("Dockerfile %r" % text, {"build": {"dockerfile": "D", "target": "two"}},
                   files={"proj/.devcontainer/D": text})
    for value in ([], 5, True, "x", None, {"./a": None}):
        yield Case("odd features %r" % value, {"image": "foo", "features": value},
                   arguments=["--include-features-configuration"])
    for text in ("[]", "5", "null", "nojson", "{", '{"x":', ""):
        yield Case("odd additional features %r" % text, image,
                   arguments=["--include-features-configuration", "--additional-features", text])
    yield Case("compose", {"dockerComposeFile": "c.yml", "service": "app"}, merged=False)
    yield Case("compose with a folder", {"dockerComposeFile": [], "service": "app", "image": "foo",
               "workspaceFolder": "/x", "workspaceMount": "y"}, merged=False)
    yield Case("nothing to start", {"name": "n"}, merged=False)


# ---------------------------------------------------------------------------- generated cases

def generated_case(random_, number):
    words = ["a", "b", "x y", "", "é", "${localEnv:A}", "/p/q", "0", "${containerEnv:B}", "u\"v\\w"]
    pick = random_.choice

    def text():
        return pick(words)

    def texts():
        return [text() for _ in range(random_.randrange(4))]

    def text_map(values=None):
        return {pick(["A", "B", "C", "1", "02", "z"]): pick(values or words)
                for _ in range(random_.randrange(4))}

    def hook():
        return pick([text, texts, lambda: {"one": text(), "two": texts()}, lambda: {}, lambda: ""])()

    def mount():
        target = pick(["/t1", "/t2", "/t3"])
        return pick([{"type": "volume", "source": "v", "target": target},
                     {"type": "bind", "source": "/s", "target": target},
                     "type=bind,source=/s,target=" + target, "source=s,dst=%s,type=volume" % target,
                     "type=bind,src=/s,destination=%s,readonly" % target])

    def port():
        return pick([3000, 8080, "localhost:3000", "db:5432", "localhost:8080", "cache:6379", 9])

    def requirements():
        out = {}
        for key, value in (("cpus", [1, 2, 4, 2.5]), ("memory", ["1gb", "512mb", "1024", "2kb"]),
                           ("storage", ["1tb", "4gb"]), ("gpu", [True, False, "optional", {"cores": 3}])):
            if random_.random() < 0.5:
                out[key] = pick(value)
        return out

    flags = [True, False]
    mergeable = {
        "onCreateCommand": hook, "updateContentCommand": hook, "postCreateCommand": hook,
        "postStartCommand": hook, "postAttachCommand": hook,
        "waitFor": lambda: pick(["onCreateCommand", "postStartCommand"]),
        "customizations": lambda: {pick(["vscode", "zed", "7"]): {"x": text()} for _ in range(2)},
        "mounts": lambda: [mount() for _ in range(random_.randrange(4))],
        "containerEnv": text_map, "containerUser": text, "init": lambda: pick(flags),
        "privileged": lambda: pick(flags), "capAdd": texts, "securityOpt": texts, "remoteUser": text,
        "userEnvProbe": lambda: pick(["none", "loginShell"]),
        "remoteEnv": lambda: text_map(words + [None]), "overrideCommand": lambda: pick(flags),
        "portsAttributes": lambda: {pick(["3000", "80", "a-b"]): {"label": text()} for _ in range(2)},
        "otherPortsAttributes": lambda: {"label": text()},
        "forwardPorts": lambda: [port() for _ in range(random_.randrange(5))],
        "shutdownAction": lambda: pick(["none", "stopContainer"]),
        "updateRemoteUserUID": lambda: pick(flags), "hostRequirements": requirements,
        "entrypoint": text,
    }
    other = {
        "name": text, "runArgs": texts, "workspaceFolder": lambda: pick(["/w", "/w/${localEnv:A}/", ""]),
        "extensions": texts, "settings": text_map, "devPort": lambda: 5, "appPort": lambda: [3000, "80:80"],
        "initializeCommand": hook, "features": dict, "build": lambda: {"args": text_map()},
        "x-unknown": lambda: {"a": [1.5, None, {"b": text()}]}, "secrets": lambda: {"S": {}},
    }

    def some(pool, share):
        names = [name for name in pool if random_.random() < share]
        random_.shuffle(names)
        return {name: pool[name]() for name in names}

    config = list({**some(mergeable, 0.4), **some(other, 0.3), "image": "foo"}.items())
    random_.shuffle(config)
    label = [{**({"id": "f%d" % i} if random_.random() < 0.5 else {}), **some(mergeable, 0.3)}
             for i in range(random_.randrange(4))]
    case = Case("generated %d" % number, dict(config),
                label=label if random_.random() < 0.8 else None)
    change_source(case, dict(config), random_)
    change_place(case, random_)
    case.text = written(case.config, random_)
    return case


def change_source(case, config, random_):
    """Most cases are of an image; the others of a Dockerfile, local features, Compose or nothing."""
    kind = random_.randrange(6)
    home = case.folder + "/.devcontainer/"
    if kind == 0:
        del config["image"]
        config["build"] = {**config.get("build", {}), "dockerfile": random_.choice(["Dockerfile", "../D", "d/D"])}
        base = random_.choice(["FROM foo", "ARG V=o\nFROM fo${V} AS one\nUSER u\n\nFROM one",
                               "# syntax=x\nFROM --platform=linux/amd64 foo as a\nUSER \"b\"\nRUN x"])
        case.files[os.path.normpath(home + config["build"]["dockerfile"])] = base + "\n"
    elif kind == 1:
        config["features"] = {"./" + name: random_.choice([{}, {"o": "x"}, "1", True])
                              for name in random_.sample(["a", "b", "c"], 2)}
        for name in "abc":
            feature = {"id": name, "version": "1.0.0", "name": name, "remoteUser": "no",
                       "onCreateCommand": name + " ${devcontainerId}", "capAdd": [name.upper(), "X"],
                       "customizations": {"vscode": {"extensions": [name + ".x"]}},
                       "options": {"o": {"type": "string", "default": "d"}},
                       "mounts": [{"type": "volume", "source": "${devcontainerId}", "target": "/" + name}],
                       **random_.choice([{}, {"init": True}, {"entrypoint": "/e-" + name}]),
                       **({"dependsOn": {"./c": {}}} if name == "a" else {})}
            case.files[home + name + "/devcontainer-feature.json"] = json.dumps(feature)
            case.files[home + name + "/install.sh"] = "true\n"
    elif kind == 2:
        del config["image"]
        config.update({"dockerComposeFile": random_.choice(["c.yml", ["a", "b"], []]), "service": "s"})
        case.merged = False
    elif kind == 3 and random_.random() < 0.4:
        del config["image"]
        case.merged = False
    case.config = config


def change_place(case, random_):
    """Sometimes below a git root, a worktree, or named by options."""
    folder = case.folder
    kind = random_.randrange(8)
    if kind == 0:
        case.files.update(GIT)
    elif kind == 1:
        case.files.update({folder + "/" + name: text for name, text in GIT.items()})
        case.arguments += random_.choice([[], ["--mount-workspace-git-root", "false"]])
    elif kind == 2 and case.merged:
        case.arguments += ["--id-label", "x=1", "--id-label", "a=2"]


def written(config, random_):
    """The document as people write it."""
    text = json.dumps(config, indent=random_.choice([None, 2, "\t"]), ensure_ascii=random_.random() < 0.5)
    kind = random_.randrange(5)
    if kind == 0:
        text = "// begin\n" + text[:-1].rstrip() + ", /* last */ }\n// end"
    elif kind == 1:
        text = text.replace("\n", "\r\n")
    elif kind == 2:
        text = text[:-1].rstrip() + ', "name": "again", "name": "last"}'
    return (b"\xef\xbb\xbf" if kind == 3 else b"") + text.encode()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("reference")
    parser.add_argument("ours")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    if not shutil.which(options.reference):
        print("skipped: no reference CLI at " + options.reference)
        return 77
    random_ = random.Random(options.seed)
    cases = [case for case in named_cases()]
    cases += [generated_case(random_, i) for i in range(options.count)]
    cases = [case for case in cases if options.only in case.name]
    # Absolute, because each case runs in a folder of its own.
    reference, ours = (os.path.abspath(shutil.which(p) or p) for p in (options.reference, options.ours))
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = pool.map(lambda case: run(case, reference, ours, options.keep), cases)
        for case, (same, expected, actual) in zip(cases, results):
            if same:
                continue
            failed += 1
            print("DIFFERENT %s: exit status %d and %d" % (case.name, expected[0], actual[0]))
            for title, part in zip(("reference", "ours"), first_difference(expected[1], actual[1])):
                print("  %-9s …%s" % (title, part.rstrip()))
            if actual[0] != 0:
                print("  ours says " + actual[2].decode(errors="replace").strip()[:400])
    print("%d cases, %d different" % (len(cases), failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
