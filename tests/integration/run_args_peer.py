#!/usr/bin/env python3
"""Compares what runArgs become with what docker's own client sends for the same words.

    run_args_peer.py PEER [DOCKER...]

PEER is the program of run_args_peer.cpp, each DOCKER a docker client; without any those that
FAIRLEAD_TEST_DOCKER and FAIRLEAD_BENCH_DOCKER name. 77 (skipped) when there is none. No engine is
needed: the client talks to a socket of ours that writes down its create request. Words that a
client does not know (an old one) are skipped; words that all refuse, one of them no older than
28, have to be refused by us too. Where clients of different age differ, agreeing with one is
enough. --mac-address is not here: old engines take it in one place and new ones in another, so we
send it in both.
"""

import http.server
import json
import os
import re
import shutil
import socketserver
import subprocess
import sys
import tempfile
import threading
import urllib.parse

VECTORS = """
-e A=1 -e B=2
-e HOME
-e NOT_SET_ANYWHERE
--env=A=b=c
-eX=y
--env-file vars
--env-file vars -e A=over
-l a=b -l c
--label-file labels
-u dev
-u 1000:1000 -w /work
--entrypoint sh
--name box
-h myhost --domainname example.test
--init
--privileged
--read-only
--rm
-it
-d
-i
--restart always
--restart on-failure:3
--restart unless-stopped
--cap-add SYS_PTRACE --cap-drop ALL
--security-opt seccomp=unconfined
--security-opt seccomp=profile.json
--security-opt label:disable --security-opt no-new-privileges
--security-opt systempaths=unconfined
--group-add video --group-add 44
--pid host --ipc host --uts host
--userns host
--cgroupns private
--ipc shareable
--sysctl net.core.somaxconn=1024
--runtime runc
--stop-signal SIGINT --stop-timeout 30
--health-cmd true --health-interval 30s --health-timeout 1m30s --health-retries 3
--health-cmd true --health-start-period 500ms
--health-start-interval 2s --health-cmd true
--no-healthcheck
--annotation a=b
-v /a:/b
-v /a:/b:ro,z
-v named:/data
-v /anonymous
-v ./rel:/b
-v .:/b
-v ../up:/b
--mount type=bind,source=/a,target=/b
--mount type=bind,src=/a,dst=/b,readonly
--mount type=bind,src=/a,dst=/b,ro=true,bind-propagation=rshared,consistency=cached
--mount type=volume,source=v,target=/v,volume-nocopy
--mount source=v,target=/v,volume-driver=local,volume-opt=type=tmpfs,volume-label=a=b
--mount type=tmpfs,target=/t,tmpfs-size=64m,tmpfs-mode=1777
--mount type=tmpfs,destination=/t
--mount type=bind,src=/a,dst=/b,bind-recursive=disabled
--tmpfs /run
--tmpfs /run:rw,noexec,size=65536k
--volumes-from other:ro
--volume-driver local -v data:/y
--storage-opt size=10G
-p 80
-p 8080:80
-p 127.0.0.1:8080:80
-p 127.0.0.1::80
-p 8080:80/udp
-p [::1]:8080:80
-p 8000-8002:80-82
-p 8000-8002:80
-p 80-81
-p published=8080,target=80
-P --expose 80 --expose 90-92/udp
--network host
--network none
--network bridge
--network container:abc
--network mine
--network mine --network-alias a --network-alias b
--network mine --ip 10.1.2.3 --ip6 fd00::3
--network name=mine,alias=a,ip=10.1.2.3
--network mine --network other
--network name=mine,driver-opt=a=b
--network mine --link-local-ip 169.254.1.2
--link other:alias
--dns 1.1.1.1 --dns-search example.test --dns-option ndots:2
--add-host a:1.2.3.4 --add-host host.docker.internal:host-gateway
--add-host a=1.2.3.4
--add-host six:::1
--add-host six=[::1]
-m 512m
--memory 1.5g --memory-swap -1 --memory-reservation 256mb
--memory-swap 2g -m 1g --memory-swappiness 10
--cpus 1.5
--cpus .5
-c 512 --cpuset-cpus 0,1 --cpuset-mems 0
--cpu-period 100000 --cpu-quota 50000
--shm-size 1g
--shm-size 64MiB
--ulimit nofile=1024
--ulimit nofile=1024:2048 --ulimit core=-1
--pids-limit 100
--pids-limit -1
--oom-kill-disable --oom-score-adj 100
--blkio-weight 300
--device-read-bps /dev/sda:1mb --device-write-iops /dev/sda:100
--device /dev/fuse
--device /dev/fuse:/dev/other
--device /dev/fuse:r
--device /dev/fuse:/dev/other:rw
--device vendor.example/class=name
--device-cgroup-rule c*1:3*mr
--gpus all
--gpus 2
--gpus device=1
--gpus "device=0,2"
--gpus all,capabilities=utility
--gpus driver=nvidia,count=1
--log-driver json-file --log-opt max-size=10m
--log-opt max-file=3
--cgroup-parent /x
--platform linux/amd64
--pull never -q
--isolation default
--no-such-flag
--memory lots
-p 99999:80
--ulimit bad
--restart bad:x
--mount type=bind,src=/a
--cpus many
--health-interval 5
--device-read-bps nodevice:1
--add-host nothing
""".strip().splitlines()


def words_of(line):
    return [word.replace("*", " ") for word in line.split()]


class Engine(http.server.BaseHTTPRequestHandler):
    """Answers just enough for a create; `seen` is what was asked for."""

    seen = None
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, document, headers=()):
        body = json.dumps(document).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_HEAD(self):
        self.answer(200, {}, [("Api-Version", "1.51"), ("OSType", "linux")])

    def do_GET(self):
        if self.path.endswith("/_ping"):
            return self.do_HEAD()
        self.answer(200, {"OSType": "linux"})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "/containers/create" in self.path:
            Engine.seen = (urllib.parse.urlsplit(self.path).query, json.loads(body))
        self.answer(201, {"Id": "0" * 64, "Warnings": []})


class Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def get_request(self):
        request, _ = super().get_request()
        return request, ("peer", 0)


# What the client fills in by itself and the engine takes for the same as nothing.
DEFAULTS = {
    "AttachStdin", "AttachStdout", "AttachStderr", "StdinOnce", "ConsoleSize", "OnBuild",
    "ContainerIDFile",
}


def is_empty(value):
    return value in (None, "", 0, False, [], {}) or value == {"Name": "no"} or value == "default"


def normal(value, key=""):
    """Without empty members; lists whose order means nothing sorted."""
    if isinstance(value, dict):
        if key == "Volumes" or key == "ExposedPorts":
            return sorted(value)
        cleaned = {k: normal(v, k) for k, v in value.items() if k not in DEFAULTS and (k, v) != ("MemorySwappiness", -1)}
        return {k: v for k, v in cleaned.items() if not is_empty(v) or v is False and k == "Init"}
    if isinstance(value, list) and key == "Env":  # the engine takes the last of a name
        return dict((v + "=\0").split("=", 1) for v in value)
    if isinstance(value, list) and key in ("CapAdd", "CapDrop"):
        return [v.removeprefix("CAP_") for v in value]
    if isinstance(value, list):
        items = [normal(v) for v in value]
        return sorted(items, key=json.dumps) if key in ("Binds", "Ulimits") else items
    return value


def clients_to_ask(words):
    named = words or [os.environ.get("FAIRLEAD_TEST_DOCKER"), os.environ.get("FAIRLEAD_BENCH_DOCKER")]
    return [docker for docker in named if docker and shutil.which(docker)]


def is_current(docker):
    text = subprocess.run([docker, "--version"], capture_output=True, text=True, timeout=20).stdout
    found = re.search(r"version (\d+)", text)
    return found is not None and int(found[1]) >= 28


def main():
    peer, clients = os.path.abspath(sys.argv[1]), clients_to_ask(sys.argv[2:])
    if not clients:
        print("skipped: no docker client")
        return 77
    knows_all = any(is_current(docker) for docker in clients)
    if not knows_all:
        print("no client of version 28 or newer: what all refuse is not compared")
    failed = compared = skipped = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for name, content in (("vars", "# c\nA=1\nHOME\nNOT_SET\n\n B=2\n"),
                              ("labels", "x=1\n# c\ny\n"), ("profile.json", '{ "a": 1 }')):
            with open(name, "w", encoding="utf-8") as out:
                out.write(content)
        server = Server(folder + "/engine.sock", Engine)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        environment = dict(os.environ, DOCKER_HOST="unix://" + folder + "/engine.sock",
                           DOCKER_CONFIG=folder)
        environment.pop("DOCKER_CONTEXT", None)
        for line in VECTORS:
            if not knows_all and line.startswith("-v ."):
                continue  # old clients leave relative paths to the engine, which refuses them
            words = words_of(line)
            ours = subprocess.run([peer] + words, capture_output=True, text=True, timeout=20)
            refused = 0
            differences = []
            agreed = False
            for docker in clients:
                Engine.seen = None
                theirs = subprocess.run(
                    [docker, "create"] + [w for w in words if w != "-d"] + ["busybox"],
                    capture_output=True, text=True, timeout=20, env=environment)
                if Engine.seen is None:
                    refused += 1
                    continue
                compared += 1
                if ours.returncode != 0:
                    failed += 1
                    print(f"FAIL {line}: {docker} takes it, we: {ours.stderr.strip()}")
                    continue
                target, body = ours.stdout.split("\n", 1)
                mine = (sorted(urllib.parse.parse_qsl(urllib.parse.urlsplit(target).query)),
                        normal(json.loads(body)))
                other = (sorted(urllib.parse.parse_qsl(Engine.seen[0])), normal(Engine.seen[1]))
                agreed = agreed or mine == other
                differences.append(f"FAIL {line}  ({docker})\n"
                                   f"  ours   {json.dumps(mine, sort_keys=True)}\n"
                                   f"  theirs {json.dumps(other, sort_keys=True)}")
            if differences and not agreed:
                failed += 1
                print("\n".join(differences))
            skipped += refused
            if knows_all and refused == len(clients) and ours.returncode == 0:
                failed += 1
                print(f"FAIL {line}: docker refuses it: {theirs.stderr.strip().splitlines()[:1]}")
        server.shutdown()
    print(f"{compared} compared, {skipped} refused by a client, {failed} differ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
