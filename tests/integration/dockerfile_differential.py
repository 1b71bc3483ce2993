#!/usr/bin/env python3
"""Compares which base image two programs find in a Dockerfile.

    dockerfile_differential.py REFERENCE OURS

As read_configuration_differential.py, but every image there is carries its own name as remoteUser in
its metadata, so that the merged configuration tells which one was asked for. Where we know better
than the reference, the expected image stands beside the case.
"""
import argparse
import concurrent.futures
import json
import os
import shutil
import sys
import tempfile
import threading
import urllib.parse

import read_configuration_differential as base

DOCKER = """#!/bin/sh
case "$1" in
-v) echo "Docker version 20.10.24, build 0" ;;
version) echo "20.10.24" ;;
ps) ;;
inspect)
  for name; do :; done
  sed "s|IMAGE|$name|" "$(dirname "$0")/image.json" ;;
*) exit 1 ;;
esac
"""

# name: Dockerfile, members of "build", what we find where the reference does not
CASES = {
    "plain": ("FROM a\n", {}, None),
    "last of several": ("FROM a\nFROM b\n", {}, None),
    "follows stages": ("FROM a AS one\nFROM one AS two\nFROM two\n", {}, None),
    "target": ("FROM a AS one\nFROM b AS two\n", {"target": "one"}, None),
    "lower case": ("from a as one\nfrom one\n", {}, None),
    "indented": ("  FROM a\n\tRUN x\n", {}, None),
    "platform": ("FROM --platform=linux/amd64 a AS x\nFROM x\n", {}, None),
    "platform argument": ("FROM --platform=$BUILDPLATFORM a-$TARGETARCH\n", {}, None),
    "default of ARG": ("ARG V=1\nFROM a-$V\n", {}, None),
    "build argument": ("ARG V=1\nFROM a-${V}\n", {"args": {"V": "2"}}, None),
    "unset": ("ARG V\nFROM a$V\n", {}, None),
    "ARG of ARG": ("ARG A=x\nARG B=${A}y\nFROM i-$B\n", {}, None),
    "minus": ("ARG V\nFROM i-${V:-2}\n", {}, None),
    "plus": ("ARG W=x\nFROM i${W:+1}${NONE:+9}\n", {}, None),
    "edge case 43": ('ARG V\nARG W=x\nFROM i-${V:-2}${NONE:+9} AS a\nFROM "i-${W:+1}"\n', {}, None),
    "quoted": ('FROM "a"\n', {}, None),
    "quoted argument": ('ARG V="q"\nFROM a-$V\n', {}, None),
    "tag": ("FROM localhost:5000/a/b:1.2\n", {}, None),
    "comment before": ("# a comment\n\n# FROM no\nFROM a\n", {}, None),
    "syntax": ("# syntax=docker/dockerfile:1\nFROM a\n", {}, None),
    "CRLF": ("ARG V=1\r\nFROM a-$V\r\nRUN x\r\n", {}, None),
    "variable stage": ("ARG S=one\nFROM a AS one\nFROM b AS two\nFROM $S\n", {}, None),
    "scratch stage": ("FROM scratch AS empty\nFROM a\nCOPY --from=empty / /\n", {}, None),
    "text of a RUN": ("FROM a\nRUN echo \\\n  from b\n", {}, "a"),
    "no end of line": ("FROM a", {}, None),
    "onbuild": ("FROM a\nONBUILD RUN x\nUSER u\n", {}, None),
    "here-document": ("FROM a\nRUN <<EOF\nFROM b\nEOF\n", {}, "a"),
    "continued": ("FROM \\\n  a\n", {}, "a"),
    "escape": ("# escape=`\nFROM `\n a\n", {}, "a"),
    "byte order mark": ("\ufeffFROM a\n", {}, "a"),
}


class Engine(base.Engine):
    """Every image exists and says its name."""

    def do_GET(self):
        path = urllib.parse.unquote(urllib.parse.urlparse(self.path).path)
        if "/images/" in path and path.endswith("/json"):
            name = path.split("/images/", 1)[1][:-len("/json")]
            self.answer(200, image_of(name))
        else:
            super().do_GET()

    do_HEAD = do_GET


def image_of(name):
    return base.image_of(json.dumps([{"remoteUser": name}]))


def found(program, case, project, docker, socket):
    status, out, err = base.answer(program, case, project, docker, socket)
    if status != 0:
        return "failed: " + err.decode(errors="replace").strip()[-200:]
    return json.loads(out)["mergedConfiguration"].get("remoteUser", "none")


def run(name, reference, ours):
    text, build, better = CASES[name]
    config = {"build": {"dockerfile": "Dockerfile", **build}}
    case = base.Case(name, config, files={"proj/.devcontainer/Dockerfile": text})
    root = tempfile.mkdtemp(prefix="dfd-")
    socket = os.path.join(root, "engine.sock")
    server = base.UnixServer(socket, Engine)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        project, docker = base.lay_out(case, root)
        with open(os.path.join(root, "image.json"), "w") as file:
            json.dump([image_of("IMAGE")], file)
        with open(docker, "w") as file:
            file.write(DOCKER)
        expected = found(reference, case, project, docker, socket) if better is None else better
        return expected, found(ours, case, project, docker, socket)
    finally:
        server.shutdown()
        server.server_close()
        shutil.rmtree(root, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("reference")
    parser.add_argument("ours")
    options = parser.parse_args()
    if not shutil.which(options.reference):
        print("skipped: no reference CLI at " + options.reference)
        return 77
    reference, ours = (os.path.abspath(shutil.which(p) or p) for p in (options.reference, options.ours))
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for name, (expected, actual) in zip(CASES, pool.map(lambda n: run(n, reference, ours), CASES)):
            if expected != actual:
                failed += 1
                print("DIFFERENT %s: %s and %s" % (name, expected, actual))
    print("%d Dockerfiles, %d different" % (len(CASES), failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
