#!/usr/bin/env python3
"""Makes the fuzzers' first inputs of the texts that the unit tests read: seeds.py OUTPUT

Every raw string of a test becomes one file under OUTPUT/<target>/, beside those of tests/fuzz/corpus/<target>/.
"""
import hashlib
import pathlib
import re
import sys

TESTS = pathlib.Path(__file__).parent.parent / "unit"
SOURCES = {
    "jsonc": ["base/jsonc_test.cpp", "spec/*_test.cpp"],
    "substitute": ["spec/substitute_test.cpp", "spec/read_config_test.cpp"],
    "merge": ["spec/merge_test.cpp", "spec/parse_config_test.cpp", "spec/overlay_test.cpp", "spec/explain_test.cpp"],
    "dockerfile": ["spec/dockerfile_test.cpp", "features/layered_installer_test.cpp"],
    "registry": ["features/*reference_test.cpp", "features/oci_manifest_test.cpp", "features/http_url_test.cpp",
                 "features/registry_auth_test.cpp"],
    "rpc": ["rpc/*_test.cpp"],
    "settings": ["settings/*_test.cpp"],
}
RAW = re.compile(r'R"([a-z]*)\((.*?)\)\1"', re.DOTALL)
PLAIN = re.compile(r'"((?:[^"\\\n]|\\.)+)"')


def texts(path):
    source = path.read_text()
    for _, text in RAW.findall(source):
        yield text
    for text in PLAIN.findall(RAW.sub("", source)):
        yield text.encode().decode("unicode_escape", "replace") if "\\u" not in text else text


def main(output):
    for kept in sorted((pathlib.Path(__file__).parent / "corpus").glob("*/*")):
        folder = output / kept.parent.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / kept.name).write_bytes(kept.read_bytes())
    for target, patterns in SOURCES.items():
        folder = output / target
        folder.mkdir(parents=True, exist_ok=True)
        for pattern in patterns:
            for path in sorted(TESTS.glob(pattern)):
                for text in texts(path):
                    data = text.encode("utf-8", "surrogateescape")
                    (folder / hashlib.sha1(data).hexdigest()[:16]).write_bytes(data)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
