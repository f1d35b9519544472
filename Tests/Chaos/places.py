"""Where the night delivers to: Alma with its drop directory, and the mailbox of the stakeholders."""

import email
import email.policy
import getpass
import hashlib
import os
import re
import shutil
import signal
import socket
import socketserver
import stat
import subprocess
import threading
import time
import xml.etree.ElementTree
import zipfile


def again(name):
    """The number in the name of a file that was delivered again; 0 in other names."""
    found = re.search(r"_again(\d+)\.xml\.zip", name)
    return int(found[1]) if found else 0


class Alma:
    """Takes zips from the drop directory in the order in which they came there, and loads their users."""

    def __init__(self, drop):
        self.drop = drop
        self.users = {}  # primary id: (serial, kind)
        self.taken = []  # (name, sha256)
        self.faults = []
        self.lock = threading.Lock()
        self.is_watching = False

    def waiting(self):
        """The zips that wait, first come first."""
        try:
            with os.scandir(self.drop) as entries:
                files = [(entry.stat().st_ctime_ns, entry.name) for entry in entries if entry.name.endswith(".zip")]
        except OSError:
            return []
        return [name for _, name in sorted(files)]

    def take(self):
        """Takes what waits."""
        with self.lock:
            for name in self.waiting():
                path = os.path.join(self.drop, name)
                try:
                    with open(path, "rb") as file:
                        digest = hashlib.sha256(file.read()).hexdigest()
                        self.load(file)
                    os.rename(path, path + ".handled")
                except (FileNotFoundError, NotADirectoryError):
                    return  # The drop directory went away.
                except (OSError, zipfile.BadZipFile, xml.etree.ElementTree.ParseError) as error:
                    self.faults.append(f"whole: Alma cannot read {name}: {error}")
                    os.rename(path, path + ".handled")
                for other_name, other in self.taken:
                    # `resend` delivers the same bytes under another name. How often is compared with how often it was called.
                    if digest == other and (name == other_name or not again(name)):
                        self.faults.append(f"twice: the bytes of {name} were taken before, as {other_name}")
                self.taken.append((name, digest))

    def load(self, file):
        with zipfile.ZipFile(file) as archive:
            for entry in archive.namelist():
                for user in xml.etree.ElementTree.fromstring(archive.read(entry)):
                    person, serial = user.findtext("primary_id"), int(user.findtext("last_name").removeprefix("Change"))
                    before, _ = self.users.get(person, (0, ""))
                    if before > serial:
                        self.faults.append(f"order: {entry} sets {person} from change {before} back to {serial}")
                    self.users[person] = (serial, "E" if user.findtext("status") == "ACTIVE" else "I")

    def watch(self):
        """Takes files as soon as they come, until `rest`."""
        self.is_watching, self.woken = True, threading.Event()
        self.watcher = threading.Thread(target=self.look, daemon=True)
        self.watcher.start()

    def look(self):
        while not self.woken.wait(0.005):
            self.take()

    def rest(self):
        if self.is_watching:
            self.woken.set()
            self.watcher.join()
            self.is_watching = False

    def delivered(self):
        """All that came: (name, sha256) of what was taken and of what waits."""
        waiting = []
        for name in self.waiting():
            try:
                with open(os.path.join(self.drop, name), "rb") as file:
                    waiting.append((name, hashlib.sha256(file.read()).hexdigest()))
            except FileNotFoundError:
                pass  # It was taken meanwhile, or the drop directory went away.
        return self.taken + waiting


SSHD = """Port {port}
ListenAddress 127.0.0.1
PidFile none
HostKey {home}/host_key
AuthorizedKeysFile {home}/client_key.pub
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
Subsystem sftp internal-sftp
"""


class SSHServer:
    """An sshd before the drop directory."""

    def __init__(self, home, drop):
        self.home = home
        for name in ("host_key", "client_key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{home}/{name}"], check=True)
        self.user = getpass.getuser()
        if os.geteuid() == 0:
            # Somebody whom permissions bind.
            self.user = "nobody"
            shutil.chown(drop, "nobody")
            os.makedirs("/run/sshd", exist_ok=True)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        with open(f"{home}/sshd_config", "w") as file:
            file.write(SSHD.format(port=self.port, home=home))
        with open(f"{home}/host_key.pub") as key, open(f"{home}/known_hosts", "w") as file:
            file.write(f"[127.0.0.1]:{self.port} {key.read()}")
        self.settings = {
            "FEED_PUSH_TO": f"sftp://{self.user}@127.0.0.1:{self.port}{drop}", "FEED_PUSH_IDENTITY": f"{home}/client_key",
            "FEED_PUSH_KNOWN_HOSTS": f"{home}/known_hosts",
        }  # fmt: skip
        self.process = None
        self.come_back()

    def come_back(self):
        if self.process:
            return
        words = ["/usr/sbin/sshd", "-D", "-f", f"{self.home}/sshd_config", "-E", f"{self.home}/sshd.log"]
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL)
        for _ in range(6000):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except ConnectionRefusedError:
                time.sleep(0.01)
        raise TimeoutError("sshd does not listen")

    def go_away(self):
        """The server, and those who are logged in."""
        for process in [self.process.pid, *descendants(self.process.pid)]:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        self.process = None


def descendants(process):
    try:
        with open(f"/proc/{process}/task/{process}/children") as file:
            children = [int(child) for child in file.read().split()]
    except OSError:
        return []
    return children + [other for child in children for other in descendants(child)]


SENDMAIL = """#!/bin/sh
[ ! -e "{box}.away" ] || {{ cat >/dev/null; echo 'sendmail: queue: temporary failure' >&2; exit 75; }}
cat >"{box}/tmp/$$" && mv "{box}/tmp/$$" "{box}/new/$$.$(date +%s%N)" || exit
{behind}
"""
# What a sendmail that delivers in the background leaves behind; it holds what it was given.
BEHIND = "sleep 2 &"


class Mailbox:
    """A maildir, filled by the stage itself, by a sendmail script (which may leave a process behind) or by a mail server."""

    def __init__(self, path, kind):
        self.path, self.kind, self.seen, self.messages = path, kind, set(), []
        if kind != "maildir":
            for name in ("tmp", "new"):
                os.makedirs(os.path.join(path, name))
        if kind in ("sendmail", "background"):
            with open(path + ".sendmail", "w") as file:
                file.write(SENDMAIL.format(box=path, behind=BEHIND if kind == "background" else ""))
            os.chmod(path + ".sendmail", stat.S_IRWXU)
        if kind == "smtp":
            self.serve()

    def settings(self):
        way = {
            "maildir": lambda: {"NOTIFY_MAIL_MAILDIR": self.path},
            "sendmail": lambda: {"NOTIFY_MAIL_SENDMAIL": self.path + ".sendmail"},
            "background": lambda: {"NOTIFY_MAIL_SENDMAIL": self.path + ".sendmail"},
            "smtp": lambda: {"NOTIFY_MAIL_SMTP": f"smtp://127.0.0.1:{self.port}", "NOTIFY_MAIL_INSECURE_PLAINTEXT": "1"},
        }[self.kind]()
        return {**way, "NOTIFY_MAIL_FROM": "night@example.edu", "NOTIFY_MAIL_TO": "people@example.edu"}

    def go_away(self):
        if self.kind == "maildir":
            if os.path.isdir(self.path):
                os.rename(self.path, self.path + ".kept")
            open(self.path, "w").close()
        else:
            open(self.path + ".away", "w").close()

    def come_back(self):
        if self.kind == "maildir":
            if os.path.isfile(self.path):
                os.unlink(self.path)
                if os.path.isdir(self.path + ".kept"):
                    os.rename(self.path + ".kept", self.path)
        elif os.path.exists(self.path + ".away"):
            os.unlink(self.path + ".away")

    def collect(self):
        """The messages that came since the last call, each as the list of the NetIDs that it names."""
        try:
            names = sorted(set(os.listdir(os.path.join(self.path, "new"))) - self.seen)
        except OSError:
            return []
        self.seen.update(names)
        messages = []
        for name in names:
            with open(os.path.join(self.path, "new", name), "rb") as file:
                message = email.message_from_binary_file(file, policy=email.policy.default)
            text = message.get_body(("plain",)).get_content()
            messages.append(re.findall(r"\b(p\d{4}c\d+) \(96000\d{4}\)", text))
        return messages

    def serve(self):
        box = self

        class Session(socketserver.StreamRequestHandler):
            def handle(self):
                if os.path.exists(box.path + ".away"):
                    return self.say("421 4.3.2 closing down")
                self.say("220 mail.example.edu")
                while line := self.rfile.readline():
                    verb = line[:4].upper()
                    if verb == b"DATA":
                        self.say("354 go on")
                        if not self.receive():
                            return
                        self.say("250 2.0.0 queued")
                    elif verb == b"QUIT":
                        return self.say("221 bye")
                    else:
                        self.say("250 OK")

            def receive(self):
                lines = []
                while (line := self.rfile.readline()) != b".\r\n":
                    if not line:
                        return False
                    lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
                name = f"{len(os.listdir(box.path + '/new')) + 1:06}"
                with open(f"{box.path}/tmp/{name}", "wb") as file:
                    file.writelines(lines)
                os.rename(f"{box.path}/tmp/{name}", f"{box.path}/new/{name}")
                return True

            def say(self, text):
                self.wfile.write(text.encode() + b"\r\n")

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = daemon_threads = True

            def handle_error(self, request, address):
                pass  # A client that was killed.

        server = Server(("127.0.0.1", 0), Session)
        self.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
