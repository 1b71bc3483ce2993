#!/usr/bin/env python3
"""github.py FOLDER: stands in for https://github.com behind a proxy.

A proxy on loopback that, whatever host it is told to CONNECT to, answers itself, over TLS, as github.com: with the
files below FOLDER/www. Makes FOLDER/ca.crt, which signed its certificate, and writes a line for each request to
FOLDER/requests: path, and the Authorization header. Prints "ready PORT".
"""
import os
import socket
import ssl
import subprocess
import sys
import threading

folder = sys.argv[1]


def openssl(*words):
    subprocess.run(["openssl", *words], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make_certificates():
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.crt", "-days", "2",
            "-subj", "/CN=test-authority")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "server.key", "-out", "server.csr", "-subj",
            "/CN=github.com")
    with open(folder + "/san", "w") as names:
        names.write("subjectAltName=DNS:github.com")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", "san", "-out", "server.crt")


def read_head(connection):
    head = b""
    while b"\r\n\r\n" not in head:
        piece = connection.recv(4096)
        if not piece:
            return ""
        head += piece
    return head.decode("latin-1")


def answer(connection):
    with connection:
        if not read_head(connection).startswith("CONNECT github.com:443 "):
            connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            return
        connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        with context.wrap_socket(connection, server_side=True) as secure:
            head = read_head(secure)
            path = head.split(" ")[1] if head else "/"
            said = [line for line in head.split("\r\n") if line.lower().startswith("authorization:")]
            with lock, open(folder + "/requests", "a") as log:
                log.write(path + " " + (said[0].split(": ", 1)[1] if said else "-") + "\n")
            file = os.path.join(folder, "www", path.lstrip("/"))
            body = open(file, "rb").read() if os.path.isfile(file) else b""
            status = "200 OK" if body else "404 Not Found"
            secure.sendall(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
                           + body)


make_certificates()
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(folder + "/server.crt", folder + "/server.key")
lock = threading.Lock()
listener = socket.create_server(("127.0.0.1", 0))
print("ready", listener.getsockname()[1], flush=True)
while True:
    threading.Thread(target=answer, args=(listener.accept()[0],), daemon=True).start()
