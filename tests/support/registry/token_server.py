#!/usr/bin/env python3
"""token_server.py PORT FOLDER: tokens for a docker-registry, over TLS.

Whoever says alice:s3cret, or shows the identity token "refresh-me", may do what the scope asks for;
everybody else may read below public/. FOLDER holds ca.key, server.crt and server.key; the paths asked
for are written to its file "tokens". Prints "ready".
"""
import base64
import http.server
import json
import ssl
import subprocess
import sys
import time
import urllib.parse

port, folder = int(sys.argv[1]), sys.argv[2]


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def certificate():
    pem = open(folder + "/server.crt").read().split("-----")[2]
    return "".join(pem.split())


def token(scope, allowed):
    access = []
    if scope:
        kind, name, actions = scope.split(":")[0], scope[len("repository:"):].rsplit(":", 1)[0], scope.rsplit(":", 1)[1]
        if allowed or (name.startswith("public/") and actions == "pull"):
            access.append({"type": kind, "name": name, "actions": actions.split(",")})
    now = int(time.time())
    claims = {"iss": "test", "sub": "alice", "aud": "registry.test", "exp": now + 300, "nbf": now - 60, "iat": now,
              "jti": str(time.time_ns()), "access": access}
    head = {"typ": "JWT", "alg": "RS256", "x5c": [certificate()]}
    text = b64(json.dumps(head).encode()) + "." + b64(json.dumps(claims).encode())
    sign = subprocess.run(["openssl", "dgst", "-sha256", "-sign", folder + "/server.key"], input=text.encode(),
                          stdout=subprocess.PIPE, check=True)
    return text + "." + b64(sign.stdout)


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, query, allowed, known):
        with open(folder + "/tokens", "a") as log:
            log.write(self.command + " " + query.get("scope", [""])[0] + " " + ("alice" if known else "anonymous") + "\n")
        if known and not allowed:
            self.send_response(401)
            self.end_headers()
            return
        body = json.dumps({"token": token(query.get("scope", [""])[0], allowed), "expires_in": 300}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlparse(self.path).query)
        header = self.headers.get("Authorization")
        expected = "Basic " + base64.b64encode(b"alice:s3cret").decode()
        self.answer(query, header == expected, header is not None)

    def do_POST(self):
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.answer(form, form.get("refresh_token") == ["refresh-me"], True)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(folder + "/server.crt", folder + "/server.key")
server.socket = context.wrap_socket(server.socket, server_side=True)
print("ready", flush=True)
server.serve_forever()
