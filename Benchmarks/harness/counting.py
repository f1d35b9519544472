"""Instructions a person, counted by callgrind. Other load on the machine does not change them.

A command is named for its stage, and for a profile other than the built-in one: `patron-to-xml banner`.
"""

import os
import re
import subprocess

SMALL, LARGE = 2_000, 4_000
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class CannotCount(Exception):
    pass


def stage(name):
    """The stage of a command."""
    return name.split()[0]


def commands(binaries, names, files, scratch):
    """The commands named, as functions of the number of people."""
    path = f"{scratch}/bin"
    os.mkdir(path)
    for name in {stage(name) for name in names}:
        # valgrind 3.19 gives up on the debug information of Swift 6.3; the names of functions stay.
        subprocess.run(["strip", "--strip-debug", "-o", f"{path}/{name}", f"{binaries}/{name}"], check=True)
    to_xml = [f"{path}/patron-to-xml", "--today", "2026-11-22", "--output", f"{scratch}/people.xml"]
    validate = [f"{path}/patron-validate"]
    banner = ["--profile", f"{ROOT}/examples/profiles/banner/profile.json"]
    return {
        "patron-to-xml": lambda people: [*to_xml, files.path("stream", people)],
        "patron-to-xml banner": lambda people: [*to_xml, *banner, files.path("stream", people, "banner")],
        "patron-validate": lambda people: [*validate, files.path("stream", people)],
        "patron-validate banner": lambda people: [*validate, *banner, files.path("stream", people, "banner")],
        "ps-fetch": lambda people: [f"{path}/ps-fetch", "--input", files.path("wrapped", people)],
    }


def instructions(command):
    """All the instructions of one run."""
    # A hash seed or a clock that differs from run to run would make the count differ too.
    fixed = {"SWIFT_DETERMINISTIC_HASHING": "1", "SOURCE_DATE_EPOCH": "1795000000", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command],
        env=os.environ | fixed, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )
    said = done.stderr.decode("utf-8", "replace")
    counted = re.search(r"Collected : (\d+)", said)
    if done.returncode or not counted:
        raise CannotCount(f"{' '.join(command)}: exit status {done.returncode} under valgrind\n{said[-500:]}")
    return int(counted[1])


def instructions_a_person(command):
    """The instructions for each person between the two sizes. Those of start-up and end are in both, so they are not counted."""
    count = (instructions(command(LARGE)) - instructions(command(SMALL))) / (LARGE - SMALL)
    if count < 100:
        raise CannotCount(f"{command(LARGE)[0]}: the work is not done in this process; is it a script?")
    return count
