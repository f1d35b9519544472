"""What has to be true of a run, and of an installation in which all trouble is over."""

import collections
import datetime
import glob
import os
import re

from installation import BUSY
from places import again

# Of the statuses in the manual, those that no mistake of the caller and no fault of a program can be the cause of.
STATUSES = {0, 65, 69, 73, 74, 75, 76, 77}
KILLED = {137, 143, -9, -15}
# A status of which nothing is owed is skipped, and a line says so.
SKIPPED = re.compile(r"^alma-people-feed: [EI]: .*(already|--force|nothing is owed)")


def of_run(installation, run):
    """What is wrong with one run."""
    faults = []
    lines = [line for line in run.errors if not SKIPPED.match(line)]
    if run.killed not in ("script", "group"):
        allowed = STATUSES | KILLED if run.killed else STATUSES
        if run.command == "resend":
            allowed = allowed | {66}
        if run.code not in allowed:
            faults.append(f"status: the exit status is {run.code}")
        # Records of the future, of a clock that was ahead, are told on every run.
        has_more = any(earlier.clock for earlier in installation.runs)
        if run.code and len(lines) != 1 and not (lines and has_more):
            faults.append(f"one line: a run that failed said {len(lines)} lines: {lines}")
        if not run.code and lines and not has_more:
            faults.append(f"one line: a run that went well said {lines}")
    earlier = installation.runs[installation.runs.index(run) - 1] if len(installation.runs) > 1 else run
    if any(BUSY in line for line in run.errors) and earlier.is_patient:
        faults.append(f"busy: nobody of another run is left; the lock is held by {run.holders}")
    faults += whole_accounts(installation)
    if run.code == 0 and run.command == "forget" and run.option("--older-than"):
        faults += [f"forget: {os.path.relpath(path, installation.state)} is left" for path in people_before(installation, run)]
    if run.code == 0 and run.command == "run" and "--dry-run" not in run.arguments:
        faults += of_success(installation, run)
    return faults


def people_before(installation, run):
    """The zips and streams of runs that began before a `forget` of all data."""
    return [path for path in glob.glob(os.path.join(installation.state, "runs/*/*")) if path.endswith((".zip", ".stream", ".xml", ".input"))]


def whole_accounts(installation):
    """A file has its name only where it ends with the summary of the stage that wrote it, or has removed the rejects from it."""
    for path in glob.glob(os.path.join(installation.state, "runs/*/*.ndjson")):
        stages = ("notify-mail",) if path.endswith("/mail.ndjson") else ("feed-push", "notify-mail")
        with open(path, "rb") as file:
            last = (file.read().splitlines() or [b""])[-1]
        if not any(last.startswith(b'{"kind":"summary","stage":"%s"' % stage.encode()) for stage in stages):
            yield f"account: {os.path.relpath(path, installation.state)} ends with {last[:60]}"


def of_success(installation, run):
    """0 means: delivered, nobody to deliver, or skipped because today's window has been delivered; and everybody was told."""
    until = run.option("--until") or installation.people.day(run.at + run.clock).isoformat()
    delivered = [
        record for record in installation.ledger()
        if record.get("kind") == "delivery" and record.get("until", "") >= until and record.get("outcome") != "failed"
    ]  # fmt: skip
    for status in [run.option("--status")] if run.option("--status") else installation.statuses:
        if not any(record.get("status") == status for record in delivered):
            yield f"success: 0, but the ledger has no delivery of {status} up to {until}"


def of_end(installation):
    """What is wrong after the clean nights at the end."""
    return [
        *installation.alma.faults, *owed(installation), *told(installation), *ledger_and_drop(installation), *left(installation), *delivered_again(installation),
        *([] if (said := installation.status()) == (0, []) else [f"status: `status` ends with {said[0]}: {said[1]}"]),
    ]  # fmt: skip


def asked(installation):
    """What was asked for, in order: (status, first day, day after the last). Asked is what the store was asked for, what the ledger
    says, and what a run without a reason not to ask has surely begun with."""
    requests = collections.deque(installation.store.requests)
    for run in installation.runs:
        seen = []
        while requests and requests[0].at == run.at:
            seen.append(requests.popleft())
        today = installation.people.day(run.at)
        since, until = run.option("--since"), run.option("--until")
        if run.clock or run.command != "run" or "--dry-run" in run.arguments:
            continue
        is_sure = not run.killed and not run.trouble.disk and not any(BUSY in line for line in run.errors)
        for status in [run.option("--status")] if run.option("--status") else installation.statuses:
            if is_sure or any(request.status == status for request in seen):
                first = datetime.date.fromisoformat(since) if since else today - datetime.timedelta(days=1)
                yield status, first, datetime.date.fromisoformat(until) if until else today


def owed(installation):
    """Every person who changed on an owed day is in Alma with the last state, or with one of a day that is not over."""
    first, by_hand = {}, set()
    for status, since, until in asked(installation):
        first.setdefault(status, since)
        by_hand.update((status, since + datetime.timedelta(days=n)) for n in range((until - since).days))
    today = installation.people.day()
    for person, changes in installation.people.by_person.items():
        over = [change for change in changes if installation.people.day(change.at) < today]
        if not over:
            continue
        last, day = over[-1], installation.people.day(over[-1].at)
        is_owed = last.status in first and day >= first[last.status] or (last.status, day) in by_hand
        fine = [(change.serial, change.kind) for change in changes[len(over) - 1 :]]
        if is_owed and last.kind != "R" and installation.alma.users.get(person) not in fine:
            yield f"owed: {person} became {last.kind} by change {last.serial} on {day}; Alma has {installation.alma.users.get(person)}"
        if is_owed and last.kind == "R" and not any(last.netid in names for run in installation.runs for names in run.messages):
            yield f"told: {last.netid} was rejected by a change on {day}, and no e-mail ever said so"


def told(installation):
    """Each run's rejects are told once; once more for each run that was killed between sending and writing that down."""
    tellings, spare = collections.Counter(), collections.Counter()
    for run in installation.runs:
        names = [name for message in run.messages for name in message]
        tellings.update(names)
        if run.killed:
            spare.update(names)
    served = collections.Counter(serial for request in installation.store.requests for serial in request.served)
    by_serial = {change.serial: change.netid for change in installation.people.changes}
    served = {by_serial[serial]: number for serial, number in served.items()}
    for name, number in tellings.items():
        if number > served.get(name, 0) + spare[name]:
            yield f"once: {name} was told {number} times, of {served.get(name, 0)} fetches"
    days = collections.defaultdict(set)
    for started, rejects in installation.accounts.values():
        for name in rejects:
            days[name].add((started or "")[:10])
    for name, dates in days.items():
        if tellings[name] < len(dates):
            yield f"told: {name} was rejected in runs of {len(dates)} days ({', '.join(sorted(dates))}), and told {tellings[name]} times"


def ledger_and_drop(installation):
    """Each delivered record has its file, waiting or taken; each file has its record; none was delivered twice."""
    there = set(installation.alma.delivered())
    known, counts = set(), collections.Counter()
    for record in installation.ledger():
        if record.get("kind") == "delivery" and record.get("outcome") in ("delivered", "already-there"):
            file = (os.path.basename(record["remote"]), record["sha256"])
            known.add(file)
            counts[file] += record["outcome"] == "delivered"
    for name, digest in known - there:
        yield f"ledger: it has {name} {digest[:8]}, and the drop directory never had it"
    for name, digest in there - known:
        yield f"ledger: it does not have {name} {digest[:8]}, which was delivered"
    for (name, digest), number in counts.items():
        if number > 1:
            yield f"ledger: {name} {digest[:8]} was delivered {number} times"


def delivered_again(installation):
    """No file is delivered under more names than it was asked for."""
    names = collections.defaultdict(set)
    for name, digest in installation.alma.delivered():
        if again(name):
            names[digest].add(name)
    calls = sum(run.command == "resend" for run in installation.runs)
    for digest, found in names.items():
        if len(found) > calls:
            yield f"twice: {digest[:8]} was delivered again as {sorted(found)}, and asked for {calls} times"
        if not any(digest == other and not again(name) for name, other in installation.alma.delivered()):
            yield f"twice: {digest[:8]} was delivered again as {sorted(found)}, and never before"


def left(installation):
    """No part file stays, and no run that is not finished."""
    for name in os.listdir(installation.drop):
        if not name.endswith((".zip", ".zip.handled")):
            yield f"part file: {name} stays in the drop directory"
    for directory, _, names in os.walk(installation.state):
        for name in names:
            if ".part" in name:
                yield f"part file: {os.path.relpath(os.path.join(directory, name), installation.state)} stays in the state directory"
    for path in glob.glob(os.path.join(installation.state, "runs/*/")):
        if not os.path.exists(os.path.join(path, "finished")):
            yield f"finished: the run {os.path.basename(path[:-1])} is not"
    for path in glob.glob(os.path.join(installation.state, "runs/*/*.stream")):
        if not os.path.exists(path.removesuffix("stream") + "ndjson"):
            yield f"finished: {os.path.relpath(path, installation.state)} has no account"
    for path in glob.glob(os.path.join(installation.state, "pruned.*")):
        yield f"part file: {os.path.basename(path)} stays in the state directory"
    for path in glob.glob(os.path.join(installation.state, "dry-run*")):
        yield f"part file: {os.path.basename(path)} stays in the state directory"
