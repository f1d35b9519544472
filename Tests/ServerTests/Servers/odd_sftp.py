#!/usr/bin/python3
"""An SFTP server, version 3, over standard input and output, that is odd in the ways of real ones. Paths are those of this machine.

usage: odd_sftp.py [OPTION]...
  empty-name        a directory ends with an empty NAME packet, and is asked again for ever otherwise
  no-type           permissions are told without the bits of the type
  no-permissions    attributes have no permissions
  no-size           attributes have no size
  no-times          attributes have no times
  zero-times        all times are 0
  bare-list         a listing has names and no attributes at all
  setstat=CODE      SETSTAT and FSETSTAT are refused with this status
  open-attributes=CODE  OPEN with attributes is refused
  open-leaves=CODE  the same, but the file is there afterwards
  fsync=CODE        fsync@openssh.com is offered, and refused
  overwrite         RENAME overwrites
  rename=CODE       RENAME is refused
  exists=CODE       RENAME refuses a name that is taken with this status
  missing=CODE      STAT and OPEN of a name that is missing are refused with this status, not with "no such file"
  stat=CODE         STAT is refused for every name
  read=CODE         OPEN to read is refused
  opendir=CODE      OPENDIR is refused
  readdir=CODE      READDIR is refused after the first names
  write=CODE        WRITE is refused
  close=CODE        CLOSE of a directory, or of a file that was read, is refused
  busy              an open file cannot be removed
  endless-list      a directory has names without end
  slow-list         the same, a name at a time, with a pause before each
  endless-file      a file has bytes without end
  chatter           answers that were not asked for come without end
  drip              each packet comes a byte at a time, with pauses
  long-data         READ answers with more bytes than were asked for
  taken-at-open     a zip that is opened to be read was renamed to .handled just before
  comes-at-open=FILE  FILE is copied to the name of the zip when its temporary file is opened
  dies-after-rename=FILE  dies when it has renamed, before it answers; FILE is made, and the server does not start while it is there
  says=TEXT         the words of each refusal
  log=FILE          appends the requests, by their names
"""
import os
import shutil
import stat
import struct
import sys
import time

options = dict((option.split("=", 1) + [True])[:2] for option in sys.argv[1:])
INIT, OPEN, CLOSE, READ, WRITE, SETSTAT, FSETSTAT = 1, 3, 4, 5, 6, 9, 10
OPENDIR, READDIR, REMOVE, REALPATH, STAT, RENAME = 11, 12, 13, 16, 17, 18
STATUS, HANDLE, DATA, NAME, ATTRS = 101, 102, 103, 104, 105
NAMES = {
    value: name
    for name, value in list(globals().items())
    if name.isupper() and isinstance(value, int)
}
OK, EOF, NO_SUCH_FILE, PERMISSION_DENIED, FAILURE, UNSUPPORTED = 0, 1, 2, 3, 4, 8
out = sys.stdout.buffer


def string(data):
    return struct.pack(">I", len(data)) + data


def send(kind, body):
    packet = struct.pack(">IB", len(body) + 1, kind) + body
    if "drip" in options and kind != 2:
        for index in range(len(packet)):
            out.write(packet[index : index + 1])
            out.flush()
            time.sleep(0.3)
        return
    out.write(packet)
    out.flush()


def status(id, code, text=b""):
    text = options["says"].encode() if code and "says" in options else text
    send(STATUS, struct.pack(">II", id, code) + string(text) + string(b""))


class Refused(Exception):
    def __init__(self, code):
        self.code = code


def refuse(option):
    if option in options:
        raise Refused(int(options[option]))


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def number(self, size=4):
        self.at += size
        return int.from_bytes(self.data[self.at - size : self.at], "big")

    def string(self):
        size = self.number()
        self.at += size
        return self.data[self.at - size : self.at]

    def attributes(self):
        """The permissions that are asked for; None where there are none."""
        flags = self.number()
        if flags & 1:
            self.number(8)
        if flags & 2:
            self.number(8)
        return self.number() if flags & 4 else None


def attributes(path, bare=False):
    info = os.lstat(path)
    flags, body = 0, b""
    if not bare and "no-size" not in options:
        flags |= 1
        body += struct.pack(">Q", info.st_size)
    if not bare and "no-permissions" not in options:
        flags |= 4
        mode = stat.S_IMODE(info.st_mode) if "no-type" in options else info.st_mode
        body += struct.pack(">I", mode)
    if not bare and "no-times" not in options:
        flags |= 8
        times = (0, 0) if "zero-times" in options else (int(info.st_atime), int(info.st_mtime))
        body += struct.pack(">II", *times)
    return struct.pack(">I", flags) + body


def missing(path):
    if not os.path.lexists(path) and "missing" in options:
        raise Refused(int(options["missing"]))


def serve(kind, id, request):
    if kind == OPEN:
        path, flags, mode = request.string(), request.number(), request.attributes()
        if flags & 2:
            if mode is not None and "open-leaves" in options:
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
                refuse("open-leaves")
            if mode is not None:
                refuse("open-attributes")
            if "comes-at-open" in options and b".part-" in path:
                head, tail = os.path.split(path)
                shutil.copy(options["comes-at-open"], os.path.join(head, tail[1 : tail.index(b".part-")]))
            file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600 if mode is None else mode & 0o777)
        else:
            if "taken-at-open" in options and path.endswith(b".zip") and os.path.exists(path):
                os.rename(path, path + b".handled")
            missing(path)
            refuse("read")
            file = os.open(path, os.O_RDONLY)
        handle = b"f%d" % file
        handles[handle] = (file, path, flags)
        send(HANDLE, struct.pack(">I", id) + string(handle))
    elif kind == CLOSE:
        handle = request.string()
        file, path, flags = handles.pop(handle)
        if handle.startswith(b"f"):
            os.close(file)
        if not flags & 2:
            refuse("close")
        status(id, OK)
    elif kind == READ:
        file, path, _ = handles[request.string()]
        offset, size = request.number(8), request.number()
        if "endless-file" in options:
            data = b"x" * size
        else:
            data = os.pread(file, size, offset)
        if not data:
            raise Refused(EOF)
        if "long-data" in options:
            data = data + b"x" * size
        send(DATA, struct.pack(">I", id) + string(data))
    elif kind == WRITE:
        file, path, _ = handles[request.string()]
        offset = request.number(8)
        refuse("write")
        os.pwrite(file, request.string(), offset)
        status(id, OK)
    elif kind in (SETSTAT, FSETSTAT):
        refuse("setstat")
        name = request.string()
        os.chmod(name if kind == SETSTAT else handles[name][1], request.attributes() & 0o777)
        status(id, OK)
    elif kind == OPENDIR:
        refuse("opendir")
        path = request.string()
        names = [b".", b".."] + sorted(os.listdir(path))
        handles[b"d%d" % id] = (names, path, 0)
        send(HANDLE, struct.pack(">I", id) + string(b"d%d" % id))
    elif kind == READDIR:
        handle = request.string()
        names, path, _ = handles[handle]
        if "slow-list" in options:
            time.sleep(0.05)
            entry = string(b"n%d" % id) + string(b"") + struct.pack(">I", 0)
            return send(NAME, struct.pack(">II", id, 1) + entry)
        if "endless-list" in options:
            entry = string(b"name" * 10) + string(b"") + struct.pack(">I", 0)
            return send(NAME, struct.pack(">II", id, 1000) + entry * 1000)
        some = [name for name in names[:2] if os.path.lexists(os.path.join(path, name))]
        del names[:2]
        if not some:
            if "empty-name" in options:
                return send(NAME, struct.pack(">II", id, 0))
            refuse("readdir")
            raise Refused(EOF)
        body = struct.pack(">II", id, len(some))
        for name in some:
            body += string(name) + string(b"") + attributes(os.path.join(path, name), "bare-list" in options)
        send(NAME, body)
    elif kind == REMOVE:
        path = request.string()
        missing(path)
        if "busy" in options and any(path == other for _, other, _ in handles.values()):
            raise Refused(FAILURE)
        os.unlink(path)
        status(id, OK)
    elif kind == STAT:
        path = request.string()
        refuse("stat")
        missing(path)
        os.stat(path)
        send(ATTRS, struct.pack(">I", id) + attributes(path))
    elif kind == RENAME:
        old, new = request.string(), request.string()
        refuse("rename")
        if os.path.lexists(new) and "overwrite" not in options:
            code = int(options.get("exists", FAILURE))
            raise Refused(code)
        os.rename(old, new)
        if "dies-after-rename" in options:
            if os.path.isdir(os.path.dirname(options["dies-after-rename"])):
                open(options["dies-after-rename"], "w").close()
            sys.exit(1)
        status(id, OK)
    elif kind == 200:
        name = request.string()
        if name == b"fsync@openssh.com" and "fsync" in options:
            refuse("fsync")
        raise Refused(UNSUPPORTED)
    else:
        raise Refused(UNSUPPORTED)


handles = {}
if os.path.exists(options.get("dies-after-rename", "")):
    sys.exit(1)
source = sys.stdin.buffer
while True:
    head = source.read(4)
    if len(head) < 4:
        sys.exit(0)
    packet = source.read(struct.unpack(">I", head)[0])
    kind, request = packet[0], Reader(packet[1:])
    if "log" in options:
        with open(options["log"], "a") as log:
            log.write(NAMES.get(kind, str(kind)) + "\n")
    if kind == INIT:
        send(2, struct.pack(">I", 3) + (string(b"fsync@openssh.com") + string(b"1") if "fsync" in options else b""))
        continue
    id = request.number()
    while "chatter" in options:
        status(id + 1000, OK)
    try:
        serve(kind, id, request)
    except Refused as refusal:
        status(id, refusal.code)
    except FileNotFoundError:
        status(id, NO_SUCH_FILE)
    except PermissionError:
        status(id, PERMISSION_DENIED)
    except OSError as error:
        status(id, FAILURE, os.strerror(error.errno).encode())
