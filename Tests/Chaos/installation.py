"""An installation of alma-people with all that surrounds it, and its nights, with trouble in them."""

import datetime
import glob
import json
import os
import random
import shutil
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field

from people import People, Store
from places import Alma, Mailbox, SSHServer

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.environ.get("CHAOS_BIN", os.path.join(ROOT, ".build/release"))
SCRIPT = os.path.join(ROOT, "bin/alma-people-feed")
STAGES = ("ps-fetch", "patron-validate", "patron-to-xml", "feed-zip", "feed-push", "load-report", "notify-mail", "feed-report")
SERVER = "/usr/lib/openssh/sftp-server"
# What a run says where another one holds the lock.
BUSY = "another run"
# No run takes longer on any machine that is alive.
DEADLINE = 300

SSH = """#!/bin/sh
[ ! -e "{drop}.away" ] || {{ echo 'ssh: connect to host library port 22: Connection refused' >&2; exit 255; }}
wrap=$(cat "{home}/wrapped" 2>/dev/null)
PATH=${{wrap:+$wrap:}}{server}:$PATH
exec sftp-server -e
"""


@dataclass(frozen=True)
class KillAtCall:
    """Kills at the `number`-th call that changes something, of the `invocation`-th start of a program. See killer.c."""

    program: str
    invocation: int
    number: int
    when: str = "before"
    target: str = "self"
    signal: int = signal.SIGKILL
    scope: str = "alone"

    def __str__(self):
        return ":".join(map(str, (self.program, self.invocation, self.number, self.when, self.target, int(self.signal), self.scope)))


@dataclass(frozen=True)
class KillAtTime:
    """Kills the script, a stage or the process group after a fraction of the time that a run took so far."""

    fraction: float
    target: str
    signal: int

    def __str__(self):
        return f"{self.target} after {self.fraction:.0%} by {int(self.signal)}"


@dataclass(frozen=True)
class Trouble:
    """What goes wrong in a run. `lasts`: all of it, or up to the first request for people, or from there on."""

    kill: object = None
    store: str = "up"
    drop_away: bool = False
    mail_away: bool = False
    disk: tuple = ()  # ("bytes", n) or ("inodes", n) are left; ("read-only",)
    lasts: str = "whole"

    def __str__(self):
        facts = [f"kill {self.kill}"] if self.kill else []
        facts += [f"store {self.store}"] if self.store != "up" else []
        facts += [name for name, is_so in (("drop away", self.drop_away), ("mail away", self.mail_away)) if is_so]
        facts += ["disk " + " ".join(map(str, self.disk))] if self.disk else []
        return ", ".join(facts + [self.lasts] if self.lasts != "whole" else facts) or "clean"


@dataclass
class Run:
    """What one run of the script was, seen from outside."""

    at: int
    arguments: tuple
    trouble: Trouble
    command: str = "run"
    clock: int = 0  # by how many seconds the clock of the machine is ahead
    code: int = 0
    errors: list = field(default_factory=list)
    is_patient: bool = True
    killed: str = ""  # what was killed: a stage's name, script, group, or nothing
    holders: list = field(default_factory=list)  # of the lock, where another run was said to go on
    messages: list = field(default_factory=list)

    def option(self, name):
        return self.arguments[self.arguments.index(name) + 1] if name in self.arguments else None

    def __str__(self):
        moment = datetime.datetime.fromtimestamp(self.at, datetime.timezone.utc).strftime("%F %H:%MZ")
        clock = f", clock {self.clock // 86400} days ahead" if self.clock else ""
        return f"{moment} {self.command} {' '.join(self.arguments)} [{self.trouble}{clock}] -> {self.code}" + (
            f", killed: {self.killed}" if self.killed else "") + "".join("\n    " + line for line in self.errors)


def session(leader):
    """The live processes of a run's session: (process id, name). What sendmail has left behind is none of them."""
    found = []
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path) as file:
                text = file.read()
        except OSError:
            continue
        name, rest = text[text.index("(") + 1 : text.rindex(")")], text[text.rindex(")") + 2 :].split()
        if int(rest[3]) == leader and rest[0] not in "ZX" and name != "sleep":
            found.append((int(path.split("/")[2]), name))
    return found


def holders(path):
    """The processes that have a file open: (process id, command)."""
    found = set()
    for link in glob.glob("/proc/[0-9]*/fd/*"):
        try:
            if os.readlink(link) == path:
                number = link.split("/")[2]
                with open(f"/proc/{number}/cmdline") as file:
                    found.add((number, file.read().replace("\0", " ")))
        except OSError:
            continue
    return sorted(found)


class Installation:
    def __init__(self, home, rng, killer, *, zone="UTC", begin, days, clean_days, most=4, is_full=False, statuses="E I", drop="file", mail="maildir",
                 counts_until=True, keep_runs=30, with_file=True, with_disk=False, with_loads=False):  # fmt: skip
        self.home, self.killer = home, killer
        os.makedirs(home)
        self.people = People(rng, zone, begin, days, clean_days, most, is_full)
        self.store = Store(self.people, counts_until)
        self.drop = os.path.join(home, "drop")
        os.mkdir(self.drop)
        self.alma = Alma(self.drop)
        self.mailbox = Mailbox(os.path.join(home, "mail"), mail)
        self.statuses, self.has_file, self.has_server = statuses.split(), with_file, drop == "sftp"
        self.sshd = SSHServer(home, self.drop) if drop == "sshd" else None
        self.leaders = []  # the sessions of runs that may still go on
        self.runs, self.accounts, self.usual_time, self.faults = [], {}, 1.0, []
        self.has_disk = with_disk and os.geteuid() == 0 and self.mount()
        self.state = os.path.join(home, "disk" if self.has_disk else "", "state")
        self.settings = {
            "ALMA_PEOPLE_STATE": self.state, "ALMA_PEOPLE_STATUSES": statuses, "ALMA_PEOPLE_KEEP_RUNS": str(keep_runs),
            "PS_BASE_URL": self.store.url, "PS_FEED_PATH": "/people", "PS_CLIENT_ID": "lib", "PS_CLIENT_SECRET": "s3cret",
            "PS_TZ": zone, "PS_FETCH_RETRIES": "0",
            # A server that dies after the rename and before its answer: only another try can tell.
            "FEED_PUSH_RETRIES": "0" if drop == "file" else "1", "NOTIFY_MAIL_RETRIES": "0", "NOTIFY_MAIL_LIST_LIMIT": "1000",
            "FEED_PUSH_TO": f"sftp://alma@library{self.drop}" if self.has_server else f"file://{self.drop}",
            **self.mailbox.settings(),
        }  # fmt: skip
        if self.sshd:
            self.settings.update(self.sshd.settings)
        if with_loads:
            # The API store does not know what load-report asks for: it answers with an error.
            self.settings.update({"ALMA_API_URL": self.store.url, "ALMA_API_KEY": "s3cret", "LOAD_REPORT_RETRIES": "0"})
        if self.has_server:
            self.write("ssh", SSH.format(drop=self.drop, home=home, server=os.path.dirname(SERVER)), 0o700)
            self.settings["FEED_PUSH_SSH_COMMAND"] = f'exec "{home}/ssh"'
        self.write("settings", "".join(f"{name}={value}\n" for name, value in self.settings.items()), 0o600)

    def write(self, name, text, mode):
        path = os.path.join(self.home, name)
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, mode)

    def close(self, keep=False):
        """`keep`: what is on the small file system is copied to where it stays."""
        self.alma.rest()
        self.store.close()
        if self.sshd:
            self.sshd.go_away()
        if self.has_disk:
            if keep and os.path.isdir(self.state):
                shutil.copytree(self.state, os.path.join(self.home, "state"), symlinks=True)
            subprocess.run(["umount", "-l", os.path.join(self.home, "disk")], check=True)

    # The disk of the state directory

    def mount(self):
        """A small file system for the state directory, where that is possible."""
        path = os.path.join(self.home, "disk")
        os.mkdir(path)
        words = ["mount", "-t", "tmpfs", "-o", "size=8m,nr_inodes=4000", "chaos", path]
        return subprocess.run(words, stderr=subprocess.DEVNULL).returncode == 0

    def fill(self, disk):
        path, kind, *number = os.path.join(self.home, "disk"), *disk
        if kind == "read-only":
            words = ["mount", "-o", "remount,ro", path]
            # Somebody of an earlier run may still write.
            while subprocess.run(words, stderr=subprocess.DEVNULL).returncode != 0:
                time.sleep(0.05)
            return
        filler = os.path.join(path, "filler")
        os.mkdir(filler)
        free = os.statvfs(path)
        if kind == "bytes":
            with open(os.path.join(filler, "0"), "wb") as file:
                file.write(bytes(max(0, free.f_bavail * free.f_frsize - number[0])))
        else:
            for n in range(max(0, free.f_favail - number[0])):
                open(os.path.join(filler, str(n)), "w").close()

    def make_room(self):
        path = os.path.join(self.home, "disk")
        if self.has_disk and os.statvfs(path).f_flag & os.ST_RDONLY:
            subprocess.run(["mount", "-o", "remount,rw", path], check=True)
        shutil.rmtree(os.path.join(path, "filler"), ignore_errors=True)

    # Trouble

    def begin(self, trouble):
        self.store.mode = trouble.store
        if trouble.drop_away and self.has_server:
            open(self.drop + ".away", "w").close()
        elif trouble.drop_away and self.sshd:
            self.sshd.go_away()
        elif trouble.drop_away:
            os.rename(self.drop, self.drop + ".kept")
        if trouble.mail_away:
            self.mailbox.go_away()
        if trouble.disk:
            self.fill(trouble.disk)

    def end(self):
        self.store.mode = "up"
        if os.path.exists(self.drop + ".away"):
            os.unlink(self.drop + ".away")
        if self.sshd:
            self.sshd.come_back()
        if os.path.exists(self.drop + ".kept"):
            os.rename(self.drop + ".kept", self.drop)
        self.mailbox.come_back()
        self.make_room()

    def wrap(self, kill):
        """A directory for PATH in which the killer stands for a program."""
        wrapped = os.path.join(self.home, f"wrap.{len(self.runs)}")
        os.mkdir(wrapped)
        shutil.copy(self.killer, os.path.join(wrapped, kill.program))
        real = {"alma-people-feed": SCRIPT, "sftp-server": SERVER, **{stage: os.path.join(BIN, stage) for stage in STAGES}}
        real = real.get(kill.program) or shutil.which(kill.program)
        os.symlink(real, os.path.join(wrapped, kill.program + ".real"))
        with open(os.path.join(wrapped, "plan"), "w") as file:
            print(kill.program, kill.invocation, kill.number, kill.when, kill.target, int(kill.signal), kill.scope, file=file)
        self.write("wrapped", wrapped, 0o600)
        return wrapped

    def kill_later(self, process, kill, has_ended, run):
        if has_ended.wait(kill.fraction * self.usual_time):
            return
        try:
            stages = [(number, name) for number, name in session(process.pid) if name in STAGES]
            if kill.target == "group":
                os.killpg(process.pid, kill.signal)
                run.killed = "group"
            elif kill.target == "stage" and stages:
                number, run.killed = random.Random(kill.fraction).choice(stages)
                os.kill(number, kill.signal)
            else:
                os.kill(process.pid, kill.signal)
                run.killed = "script"
        except ProcessLookupError:
            pass

    # Runs

    def run_names(self):
        """The names of the kept runs, oldest first."""
        return sorted(os.path.basename(path[:-1]) for path in glob.glob(os.path.join(self.state, "runs/*/")))

    def is_all_done(self):
        """Whether no run has anything left to do."""
        runs = glob.glob(os.path.join(self.state, "runs/*/"))
        streams = glob.glob(os.path.join(self.state, "runs/*/*.stream"))
        return all(os.path.exists(run + "finished") for run in runs) and all(
            os.path.exists(stream.removesuffix("stream") + "ndjson") for stream in streams)

    def run(self, *arguments, command="run", trouble=Trouble(), is_patient=True, clock=0):
        """One run of the script, or another command. `is_patient`: wait until nobody of it and of earlier ones is left, not only for the script."""
        run = Run(self.people.now, arguments, trouble, command, clock, is_patient=is_patient)
        environment = {"HOME": self.home, "LANG": "C.UTF-8", "SOURCE_DATE_EPOCH": str(run.at + clock)}
        path, script = ["/usr/local/bin", "/usr/bin", "/bin"], SCRIPT
        path.insert(0, BIN)
        kill = trouble.kill
        if isinstance(kill, KillAtCall):
            path.insert(0, self.wrap(kill))
            if kill.program == "alma-people-feed":
                script = os.path.join(path[0], kill.program)
        environment["PATH"] = ":".join(path)
        words = [script, command, *arguments]
        if self.has_file:
            words += ["--config", os.path.join(self.home, "settings")]
        else:
            environment.update(self.settings)
        # An earlier run of which some processes live may change something at any time.
        is_alone = not any(session(leader) for leader in self.leaders)
        before = self.ledger(), self.alma.delivered()
        if trouble.lasts != "later":
            self.begin(trouble)
        turn = {"until-request": self.end, "later": lambda: self.begin(trouble)}.get(trouble.lasts)
        self.store.at_request = turn
        begun = time.monotonic()
        with open(os.path.join(self.home, "stderr"), "w+") as errors:
            process = subprocess.Popen(words, cwd=self.home, env=environment, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True)  # fmt: skip
            has_ended = threading.Event()
            if isinstance(kill, KillAtTime):
                killer = threading.Thread(target=self.kill_later, args=(process, kill, has_ended, run))
                killer.start()
            try:
                run.code = process.wait(DEADLINE)
            except subprocess.TimeoutExpired:
                self.faults.append(f"ends: the run goes on after {DEADLINE} s: {session(process.pid)}")
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            has_ended.set()
            if isinstance(kill, KillAtTime):
                killer.join()
            self.leaders.append(process.pid)
            while is_patient and self.leaders:
                if not (left := session(self.leaders[0])):
                    self.leaders.pop(0)
                elif time.monotonic() - begun > 2 * DEADLINE:
                    self.faults.append(f"ends: processes stay behind: {left}")
                    os.killpg(self.leaders[0], signal.SIGKILL)
                time.sleep(0.005)
            errors.seek(0)
            run.errors = errors.read().splitlines()
        if any(BUSY in line for line in run.errors):
            run.holders = holders(os.path.normpath(os.path.join(self.state, "lock")))
        if isinstance(kill, KillAtCall) and os.path.exists(os.path.join(path[0], "killed")):
            with open(os.path.join(path[0], "killed")) as file:
                run.killed_at = file.read().split()[-1]
            run.killed = {"self": kill.program}.get(kill.target, kill.target)
            if run.killed == "alma-people-feed":
                run.killed = "script"
        self.store.at_request = None
        if isinstance(kill, KillAtCall):
            os.unlink(os.path.join(self.home, "wrapped"))
        self.end()
        if not run.killed and run.trouble == Trouble() and run.code == 0 and command == "run":
            self.usual_time = 0.7 * self.usual_time + 0.3 * (time.monotonic() - begun)
        run.messages = self.mailbox.collect()
        if "--dry-run" in arguments and is_alone and (run.messages or before != (self.ledger(), self.alma.delivered())):
            self.faults.append(f"dry run: it has changed something: {run}")
        self.runs.append(run)
        self.read_accounts()
        return run

    def status(self, attempts=5):
        """What `alma-people-feed status` says: its exit status, and its lines on standard error."""
        environment = {"HOME": self.home, "PATH": f"{BIN}:/usr/bin:/bin", **self.settings, "SOURCE_DATE_EPOCH": str(self.people.now)}
        result = subprocess.run([SCRIPT, "status"], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True)  # fmt: skip
        if "no answer within 10 seconds" in result.stderr and attempts > 1:
            return self.status(attempts - 1)  # A machine with many others at work.
        return result.returncode, result.stderr.splitlines()

    def cut_power(self, tail):
        """What a file system may leave at the end of a file that was appended to when the power went."""
        path = os.path.join(self.state, "ledger.ndjson")
        if os.path.exists(path):
            with open(path, "ab") as file:
                file.write(tail)

    def read_accounts(self):
        """Notes who was rejected in which run, before the runs are pruned."""
        for path in glob.glob(os.path.join(self.state, "runs/*/[EI].ndjson")):
            started, rejects = None, []
            with open(path, encoding="utf-8", errors="replace") as file:
                for line in file:
                    try:
                        record = json.loads(line)
                    except ValueError:
                        continue
                    if record.get("kind") == "feed":
                        started = record.get("started")
                    elif record.get("kind") == "reject" and record.get("verdict") == "rejected":
                        rejects.append(record.get("campus_id"))
            # `forget` removes rejects that were reported.
            if rejects or path not in self.accounts:
                self.accounts[path] = (started, rejects)

    def ledger(self):
        """The records of the ledger; what is no record is passed over, as the toolkit does."""
        records = []
        try:
            with open(os.path.join(self.state, "ledger.ndjson"), encoding="utf-8", errors="replace") as file:
                for line in file:
                    try:
                        records.append(json.loads(line.strip("\0\n")))
                    except ValueError:
                        continue
        except FileNotFoundError:
            pass
        return records
