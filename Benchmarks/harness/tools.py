"""What a run needs beside our own executables: packages, the compiled peers, and a virtual environment for Python's libraries."""

import os
import subprocess
import sys

FLAGS = ["-O3", "-march=native"]


def missing_packages(path):
    with open(path) as file:
        names = file.read().split()
    asked = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *names], capture_output=True, text=True)
    installed = {line.split()[0] for line in asked.stdout.splitlines() if line.endswith(" installed")}
    return [name for name in names if name not in installed]


def is_older(path, *sources):
    return not os.path.exists(path) or os.path.getmtime(path) < max(map(os.path.getmtime, sources))


def do(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"bench: {' '.join(command)}\n{done.stderr.strip()}")
    return done.stdout


def build(benchmarks, directory):
    """Compiles the harness's programs and the peers in C and C++ into `directory`."""
    os.makedirs(directory, exist_ok=True)
    peers = f"{benchmarks}/peers"
    xml = do("pkg-config", "--cflags", "--libs", "libxml-2.0").split()
    cpp = ["g++", "-std=c++17", *FLAGS]
    for name, compiler, sources, libraries in (
        ("measure", ["gcc", "-O2"], [f"{benchmarks}/harness/measure.c"], []),
        ("durable", ["gcc", "-O2"], [f"{benchmarks}/harness/durable.c"], []),
        ("deflate", ["gcc", *FLAGS], [f"{peers}/deflate.c"], ["-lz"]),
        ("to_xml_simdjson", cpp, [f"{peers}/to_xml_simdjson.cpp", f"{peers}/people.hpp"], ["-lsimdjson"]),
        ("to_xml_simdjson_writer", cpp, [f"{peers}/to_xml_simdjson_writer.cpp", f"{peers}/people.hpp"], ["-lsimdjson", *xml]),
        ("split_envelope", cpp, [f"{peers}/split_envelope.cpp"], []),
    ):
        if is_older(f"{directory}/{name}", *sources):
            do(*compiler, "-o", f"{directory}/{name}", sources[0], *libraries)


def make_venv(requirements, directory):
    """Debian's Python with the libraries of the Python peers."""
    stamp = f"{directory}/installed"
    if is_older(stamp, requirements):
        do("/usr/bin/python3", "-m", "venv", directory)
        do(f"{directory}/bin/pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements)
        with open(stamp, "w"):
            pass
