#!/usr/bin/env python3
"""Compares our verdict on generated documents with that of a JSON schema validator.

    verdict.py FAIRLEAD AJV [--count N] [--seed N] [--configuration-schema FILE] [--feature-schema FILE]

A document counts as good for us when `config validate` has neither an error nor a warning about it (notes name old
forms, which are good). Exit status: 0 all verdicts agree, 1 one differs, 77 something is missing (skipped).
"""
import argparse
import copy
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
BATCH = 500

# What a value of a wrong type is replaced by.
STRANGE = [None, True, False, 0, 7, 1.5, -1, "", "x", [], ["x"], [5], {}, {"x": "y"}, {"x": 5}, [None], [[]]]


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, *choices):
        return self.random.choice(choices)

    def text(self):
        return self.pick("x", "a b", "é", "/p/q", "${localEnv:A}", "n-1")

    def texts(self):
        return [self.text() for _ in range(self.random.randrange(3))]

    def text_map(self):
        return {self.pick("A", "B", "C_1"): self.text() for _ in range(self.random.randrange(3))}

    def flag(self):
        return self.pick(True, False)

    def line(self):
        return self.text() if self.flag() else self.texts()

    def command(self):
        return self.pick(self.text(), self.texts(), {}, "", {"one": self.line(), "two": self.line()})

    def mount(self):
        return {"type": self.pick("bind", "volume"), "target": "/t", **({"source": "/s"} if self.flag() else {})}

    def attributes(self, once):
        actions = ["notify", "openBrowser", "openPreview", "silent", "ignore"] + (["openBrowserOnce"] if once else [])
        return self.some({"label": self.text, "protocol": lambda: self.pick("http", "https"),
                          "onAutoForward": lambda: self.pick(*actions), "requireLocalPort": self.flag,
                          "elevateIfNeeded": self.flag}, 0.4)

    def size(self):
        return self.pick("1", "512mb", "4gb", "2tb", "1024kb")

    def count(self):
        return self.pick(1, 2, 4.0, 64)

    def port(self):
        return self.pick(0, 80, 3000, 65535, "db:5432", "localhost:1", "a-b:00080")

    def requirements(self):
        return self.some({"cpus": self.count, "memory": self.size, "storage": self.size,
                          "gpu": lambda: self.pick(True, False, "optional",
                                                   self.some({"cores": self.count, "memory": self.size}, 0.5))}, 0.5)

    def some(self, pool, share):
        return {name: make() for name, make in pool.items() if self.random.random() < share}

    def anywhere(self):
        return {
            "$schema": lambda: "https://example.com/schema.json", "name": self.text,
            "features": lambda: {self.pick("./a", "ghcr.io/a/b/c:1"): self.pick({}, "1", True, {"v": "x"})},
            "overrideFeatureInstallOrder": self.texts,
            "secrets": lambda: {self.pick("A", "_b1"): self.some(
                {"description": self.text, "documentationUrl": lambda: "https://example.com/a?b#c"}, 0.5)},
            "forwardPorts": lambda: [self.port() for _ in range(self.random.randrange(4))],
            "portsAttributes": lambda: {self.pick("80", "40-50", "db:1", ".+x"): self.attributes(True)},
            "otherPortsAttributes": lambda: self.attributes(False), "updateRemoteUserUID": self.flag,
            "containerEnv": self.text_map, "containerUser": self.text, "remoteUser": self.text,
            "remoteEnv": lambda: {**self.text_map(), **({"N": None} if self.flag() else {})},
            "mounts": lambda: [self.pick(self.mount(), "type=bind,source=/s,target=/t") for _ in range(2)],
            "init": self.flag, "privileged": self.flag, "capAdd": self.texts, "securityOpt": self.texts,
            "initializeCommand": self.command, "onCreateCommand": self.command,
            "updateContentCommand": self.command, "postCreateCommand": self.command,
            "postStartCommand": self.command, "postAttachCommand": self.command,
            "waitFor": lambda: self.pick("initializeCommand", "onCreateCommand", "updateContentCommand",
                                         "postCreateCommand", "postStartCommand"),
            "userEnvProbe": lambda: self.pick("none", "loginShell", "loginInteractiveShell", "interactiveShell"),
            "hostRequirements": self.requirements,
            "customizations": lambda: {"vscode": {"extensions": self.texts(), "settings": {}}},
        }

    def old(self):
        return {"extensions": lambda: [self.pick("a.b", "Pub-1.name@1.20.3")], "settings": lambda: {"a": 1},
                "devPort": lambda: self.pick(0, 8000), "codespaces": lambda: {"a": 1}}

    def single(self):
        return {"appPort": lambda: self.pick(80, "80:90", [80, "127.0.0.1:1:2/udp"], []), "runArgs": self.texts,
                "shutdownAction": lambda: self.pick("none", "stopContainer"), "overrideCommand": self.flag,
                "workspaceFolder": self.text, "workspaceMount": self.text}

    def build_options(self):
        return {"target": self.text, "args": self.text_map, "cacheFrom": self.line, "options": self.texts}

    def image(self):
        return {"image": "debian:12", **self.some(self.single(), 0.3)}

    def dockerfile(self):
        build = {"dockerfile": "D", **self.some({**self.build_options(), "context": self.text}, 0.4)}
        return {"build": build, **self.some(self.single(), 0.3)}

    def old_dockerfile(self):
        out = {"dockerFile": "D", **self.some({**self.single(), "context": self.text}, 0.3)}
        return {**out, "build": self.some(self.build_options(), 0.4)} if self.flag() else out

    def compose(self):
        return {"dockerComposeFile": self.pick("c.yml", ["a", "b"], []), "service": "app", "workspaceFolder": "/w",
                **self.some({"runServices": self.texts, "overrideCommand": self.flag,
                             "shutdownAction": lambda: self.pick("none", "stopCompose")}, 0.4)}

    def no_source(self):
        return self.some(self.single(), 0.2)

    def configuration(self):
        source = self.pick(self.image, self.dockerfile, self.old_dockerfile, self.compose, self.no_source)()
        out = {**source, **self.some(self.anywhere(), 0.25), **self.some(self.old(), 0.08)}
        if self.random.random() < 0.12:  # a second source, or parts of one
            other = self.pick(self.image, self.dockerfile, self.old_dockerfile, self.compose)()
            out.update(self.some({name: (lambda v=value: v) for name, value in other.items()}, 0.6))
        return out

    def option(self):
        common = {"description": "d"} if self.flag() else {}
        return {**common, **self.pick({"type": "boolean", "default": self.flag()}, {"type": "string", "default": "x"},
                                      {"type": "string", "default": "x", "enum": ["x", "y"]},
                                      {"type": "string", "default": "z", "proposals": ["x"]})}

    def feature(self):
        return {"id": self.pick("go", "a-b_c.1"), "version": "1.0.0", **self.some({
            "name": self.text, "description": self.text, "documentationURL": self.text, "licenseURL": self.text,
            "keywords": self.texts, "options": lambda: {"version": self.option(), "o": self.option()},
            "containerEnv": self.text_map, "privileged": self.flag, "init": self.flag, "capAdd": self.texts,
            "securityOpt": self.texts, "entrypoint": self.text, "customizations": lambda: {"vscode": {}},
            "dependsOn": lambda: {"./x": {}}, "installsAfter": self.texts, "legacyIds": self.texts,
            "deprecated": self.flag, "mounts": lambda: [self.mount()], "onCreateCommand": self.command,
            "updateContentCommand": self.command, "postCreateCommand": self.command,
            "postStartCommand": self.command, "postAttachCommand": self.command}, 0.3)}

    # ------------------------------------------------------------------ one change for the worse

    def places(self, value, path=()):
        """Every place that the rules know, but nothing below what is opaque."""
        yield path
        if path and path[-1] in ("customizations", "settings", "codespaces", "features", "dependsOn"):
            return
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, child in items:
            yield from self.places(child, path + (key,))

    def spoil(self, document):
        path = self.pick(*list(self.places(document)))
        holder = document
        for key in path[:-1]:
            holder = holder[key]
        kind = self.random.randrange(4)
        if not path or kind == 0:
            target = holder[path[-1]] if path else document
            if isinstance(target, dict):
                target[self.pick("unknown", "labell", "Image", "1bad", "")] = copy.deepcopy(self.pick(*STRANGE))
                return
        if kind == 1 and path and isinstance(holder, dict):
            del holder[path[-1]]
            return
        if path:
            extra = [65536, -1, "DB:80", "db:123456", "db", "4GB", "4 gb", "openBrowserOnce", "ftp", "stopCompose",
                     "stopContainer", "optional", "1.x", 0, 2.5]
            holder[path[-1]] = copy.deepcopy(self.pick(*STRANGE, *extra))


# What no schema says: for these the validator may be content where we are not. Each is a promise of its own.
STRICTER = {
    "\"appPort\" must be": "ports have a range, and a string names one",
    "\"forwardPorts\" must be": "the port behind a host has a range too",
    "the mount \"": "what docker's --mount cannot read",
    "is none of \"enum\"": "a feature's default is one of its choices",
    "\"features\"": "", "features.": "names of features",
    "\"dockerFile\" is empty": "", "\"service\" is empty": "",
}


def ours(fairlead, folder, names):
    out = {}
    for begin in range(0, len(names), BATCH):
        batch = names[begin:begin + BATCH]
        done = subprocess.run([fairlead, "config", "validate", "--json", *batch], cwd=folder, timeout=300,
                              stdout=subprocess.PIPE, check=False)
        for verdict in json.loads(done.stdout)["files"]:
            out[verdict["file"]] = [d for d in verdict["diagnostics"] if d["severity"] != "note"]
    return out


def theirs(ajv, schemas, documents):
    lines = "".join(json.dumps({"schema": schema, "document": document}) + "\n" for schema, document in documents)
    done = subprocess.run(["node", os.path.join(HERE, "judge.mjs"), ajv, *schemas], input=lines.encode(),
                          stdout=subprocess.PIPE, timeout=300, check=True)
    return [line == "true" for line in done.stdout.decode().split()]


def explained(diagnostics):
    return all(any(known in d["message"] or d["code"].startswith(known) for known in STRICTER) for d in diagnostics)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("fairlead")
    parser.add_argument("ajv")
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--configuration-schema", default=os.path.join(HERE, "configuration.schema.json"))
    parser.add_argument("--feature-schema", default=os.path.join(HERE, "feature.schema.json"))
    options = parser.parse_args()
    if not shutil.which("node") or not os.path.isdir(options.ajv):
        print("skipped: no node, or no validator at " + options.ajv)
        return 77
    maker = Maker(options.seed)
    documents = []
    for number in range(options.count):
        schema = 1 if number % 5 == 0 else 0
        document = maker.feature() if schema else maker.configuration()
        for _ in range(maker.pick(0, 0, 1, 1, 2)):
            maker.spoil(document)
        documents.append((schema, document))
    with tempfile.TemporaryDirectory(prefix="verdict-") as folder:
        names = []
        for number, (schema, document) in enumerate(documents):
            name = "%d/%s" % (number, "devcontainer-feature.json" if schema else "devcontainer.json")
            os.mkdir(os.path.join(folder, str(number)))
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                json.dump(document, file, indent=1, ensure_ascii=False)
            names.append(name)
        said = ours(os.path.abspath(options.fairlead), folder, names)
    schemas = [options.configuration_schema, options.feature_schema]
    judged = theirs(os.path.abspath(options.ajv), schemas, documents)
    different = stricter = good = 0
    for name, (schema, document), valid in zip(names, documents, judged):
        good += valid
        if valid == (not said[name]):
            continue
        if valid and explained(said[name]):
            stricter += 1
            continue
        different += 1
        if different <= 20:
            print("DIFFERENT %s: the schema says %s, we say %s" % (name, "good" if valid else "bad", [
                d["code"] + ": " + d["message"] for d in said[name]] or "good"))
            print("  " + json.dumps(document, ensure_ascii=False)[:600])
    print("%d documents, %d good and %d bad by the schema, %d where we say more than a schema can, %d different" % (
        len(documents), good, len(documents) - good, stricter, different))
    return 1 if different or len(judged) != len(documents) else 0


if __name__ == "__main__":
    sys.exit(main())
