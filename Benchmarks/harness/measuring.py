"""Running a command, and what it cost."""

import dataclasses
import os
import shlex
import statistics
import subprocess
import tempfile


@dataclasses.dataclass
class Cost:
    """What a command and all its descendants took; `peak_mb` is that of the largest process."""

    wall: float
    cpu: float
    peak_mb: float


class Failure(Exception):
    """A command did not do its work."""


def redirected(command):
    """The command's words, and the files it reads and writes."""
    words, files = [], {}
    parts = iter(shlex.split(command))
    for part in parts:
        if part in ("<", ">"):
            files[part] = next(parts)
        else:
            words.append(part)
    return words, files.get("<", "/dev/null"), files.get(">", "/dev/null")


class Runner:
    def __init__(self, measure, environment):
        self.measure = measure
        self.environment = environment

    def run(self, command, environment=None):
        """Runs the command and measures it; a pipe is run by bash, all else without a shell."""
        words, source, target = redirected(command)
        if "|" in words:
            words, source, target = ["bash", "-o", "pipefail", "-c", command], "/dev/null", "/dev/null"
        reading, writing = os.pipe()
        with open(source, "rb") as input, open(target, "wb") as output, tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                [self.measure, str(writing), *words], stdin=input, stdout=output, stderr=errors, pass_fds=[writing],
                env=self.environment | (environment or {}),
            )
            os.close(writing)
            with open(reading) as report:
                fields = report.read().split()
            process.wait()
            errors.seek(0)
            said = errors.read().decode("utf-8", "replace").strip()
        if not fields:
            raise Failure(f"{command}\n  could not be run: {said}")
        status, wall, user, system, kilobytes = map(float, fields)
        if status:
            raise Failure(f"{command}\n  exit status {status:.0f}: {said[-500:]}")
        return Cost(wall, user + system, kilobytes / 1024)

    def prepare(self, command, environment=None):
        """Runs a shell command without measuring it."""
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command], env=self.environment | (environment or {}),
            stdin=subprocess.DEVNULL, capture_output=True,
        )
        if done.returncode:
            raise Failure(f"{command}\n  exit status {done.returncode}: {done.stderr.decode('utf-8', 'replace')[-500:]}")


def median(costs):
    return Cost(
        statistics.median(cost.wall for cost in costs),
        statistics.median(cost.cpu for cost in costs),
        statistics.median(cost.peak_mb for cost in costs),
    )
