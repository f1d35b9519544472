"""What the commands of a row work on: people, a zip, and the words that stand for them in rows.toml."""

import contextlib
import hashlib
import json
import os
import random
import shutil
import subprocess
import tempfile
import zipfile

from harness import servers

SEED = 20261122
YESTERDAY, TODAY = "2026-11-21", "2026-11-22"
FORMS = ("lines", "stream", "array", "wrapped")


class PeopleFiles:
    """Generated people. They are the same each time, so the files are kept between runs."""

    def __init__(self, benchmarks, directory):
        self.generator = f"{benchmarks}/generate-people"
        self.peers = f"{benchmarks}/peers"
        self.directory = directory
        digest = hashlib.sha256()
        for name in ("generate-people", "harness/banner.py", "harness/people.py", "harness/spelling.py", "harness/faults.py"):
            with open(f"{benchmarks}/{name}", "rb") as source:
                digest.update(source.read())
        self.version = digest.hexdigest()[:8]  # so that people from an older generator are not used

    def path(self, form, count, variant="usual", rejects=0):
        path = f"{self.directory}/{variant}-{count}-{rejects}-{self.version}.{form}"
        if not os.path.exists(path):
            os.makedirs(self.directory, exist_ok=True)
            command = [self.generator, "--count", str(count), "--seed", str(SEED), "--form", form]
            command += ["--variant", variant, "--rejects", str(rejects)]
            with open(f"{path}.part", "wb") as file:
                subprocess.run(command, stdout=file, check=True)
            os.rename(f"{path}.part", path)
        return path


class Words(dict):
    """The values of the names in braces. People are generated when they are first used."""

    def __init__(self, files, people, variant, rejects, others):
        super().__init__(others, people=people, today=TODAY, yesterday=YESTERDAY, users_per_file=max(1, people // 10))
        self.files = files
        self.of = (people, variant, rejects)

    def __missing__(self, name):
        if name not in FORMS:
            raise KeyError(name)
        people, variant, rejects = self.of
        self[name] = self.files.path(name, people, variant, rejects)
        return self[name]

    def fill(self, command, **others):
        self.update(others)
        return command.format_map(self)


@contextlib.contextmanager
def scratch_directory(path):
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def zip_to_deliver(scratch, megabytes):
    """A zip that does not compress, for throughput, and the stream that tells feed-push to deliver it."""
    path = f"{scratch}/bench.xml.zip"
    source = random.Random(SEED)
    with zipfile.ZipFile(path, "w") as archive, archive.open("bench.xml", "w") as entry:
        for _ in range(megabytes):
            entry.write(source.randbytes(1 << 20))
    write_stream(f"{scratch}/zip.ndjson", path)
    # The drop directory is in memory: the speed of a disk varies by more than two clients differ.
    with tempfile.TemporaryDirectory(dir="/dev/shm", prefix="bench-drop-") as drop:
        write_batch(f"{scratch}/sftp.batch", path, drop)
        yield {"zip_stream": f"{scratch}/zip.ndjson", "sftp_batch": f"{scratch}/sftp.batch", "drop": drop}


def write_stream(stream_path, path):
    """What feed-zip would have printed of this zip."""
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    size = os.path.getsize(path)
    done = {"complete": True, "people": 1}
    records = (
        {"kind": "feed", "status": "E", "since": YESTERDAY, "until": TODAY, "source": "bench"},
        {"kind": "summary", "stage": "ps-fetch", **done, "seconds": 0},
        {"kind": "summary", "stage": "patron-to-xml", **done, "users": 1, "files": 1, "seconds": 0},
        {"kind": "file", "path": path, "format": "zip", "users": 1, "bytes": size, "sha256": digest, "entries": 1},
        {"kind": "summary", "stage": "feed-zip", "complete": True, "users": 1, "files": 1, "zips": 1, "bytes": size, "seconds": 0},
    )
    with open(stream_path, "w") as stream:
        for record in records:
            stream.write(json.dumps(record, separators=(",", ":")) + "\n")


def write_batch(batch_path, path, drop):
    """An upload under another name, flushed, and then renamed, so that no half file has the final name."""
    with open(batch_path, "w") as batch:
        batch.write(f"put -f {path} {drop}/bench.part\nrename {drop}/bench.part {drop}/bench.zip\n")


@contextlib.contextmanager
def needed(row, scratch, words, zip_megabytes):
    """Starts the servers and makes the files that the row needs; yields the words that stand for them."""
    with contextlib.ExitStack() as stack:
        given = {}
        for need in row.needs:
            if need == "zip":
                given |= stack.enter_context(zip_to_deliver(scratch, zip_megabytes))
            elif need == "https":
                given |= stack.enter_context(servers.https(f"{scratch}/https", words["wrapped"]))
            elif need == "sftp":
                given |= stack.enter_context(servers.sftp(f"{scratch}/sftp"))
            else:
                raise SystemExit(f"bench: row {row.name} needs {need}: no such thing")
        yield given
