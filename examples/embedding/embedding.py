#!/usr/bin/env python3
"""Reads a folder's configuration, brings its dev container up and runs a command in it, with ctypes."""
import base64
import ctypes
import ctypes.util
import json
import os
import sys

MESSAGE = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(ctypes.c_char), ctypes.c_size_t)


class Engine:
    """One engine of libfairlead; `on_message` gets notifications and questions as objects."""

    def __init__(self, on_message):
        name = os.environ.get("LIBFAIRLEAD") or ctypes.util.find_library("fairlead") or "libfairlead.so.0"
        self._library = ctypes.CDLL(name)
        self._library.fairlead_open.restype = ctypes.c_void_p
        self._library.fairlead_call.restype = ctypes.c_void_p
        # kept: the library calls it as long as the engine lives
        self._on_message = MESSAGE(lambda _, text, size: on_message(json.loads(ctypes.string_at(text, size))))
        self._engine = ctypes.c_void_p(self._library.fairlead_open(self._on_message, None, None))

    def call(self, method, **params):
        """The result of a request; raises RuntimeError with the error's code and message."""
        text = json.dumps(params).encode()
        pointer = ctypes.c_void_p(self._library.fairlead_call(self._engine, method.encode(), text, -1))
        answer = json.loads(ctypes.string_at(pointer))
        self._library.fairlead_free(pointer)
        if "error" in answer:
            error = answer["error"]
            raise RuntimeError(f"{error.get('data', {}).get('code', error['code'])}: {error['message']}")
        return answer["result"]

    def close(self):
        self._library.fairlead_close(self._engine)


def show(message):
    params = message.get("params", {})
    if message.get("method") == "output":
        sys.stdout.buffer.write(base64.b64decode(params["data"]))
        sys.stdout.flush()
    elif message.get("method") == "log" and params["event"].get("type") == "start":
        print("…", params["event"]["text"], file=sys.stderr)


def main():
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} FOLDER")
    folder = os.path.realpath(sys.argv[1])
    engine = Engine(show)
    try:
        print("fairlead", engine.call("initialize", workingDirectory=folder)["server"]["version"])
        print("image of", engine.call("read-configuration", workspaceFolder=folder)["configuration"].get("name"))
        print("container", engine.call("up", workspaceFolder=folder)["containerId"][:12])
        ended = engine.call("exec", workspaceFolder=folder, cmd=["sh", "-c", "echo hello from $(id -un)"])
        sys.exit(ended["exitCode"])
    except RuntimeError as error:
        sys.exit(str(error))
    finally:
        engine.close()


if __name__ == "__main__":
    main()
