"""The API store of a university that exists nowhere: people who change day by day, and the server that is asked for them."""

import bisect
import datetime
import http.server
import json
import socket
import struct
import threading
import zoneinfo
from dataclasses import dataclass

BLANK = " "
# Those who change on the clean days, too, and what they always are.
DAILY = {"960009998": "I", "960009999": "E"}


@dataclass(frozen=True)
class Change:
    """What became of one person at one moment. `kind` is E (eligible), I (ineligible) or R (eligible, and to be rejected)."""

    at: int
    person: str
    serial: int
    kind: str

    @property
    def status(self):
        return "I" if self.kind == "I" else "E"

    @property
    def netid(self):
        """Names the change in e-mails, where people are `NetID (EMPLID)`."""
        return f"p{self.person[-4:]}c{self.serial}"

    def record(self):
        record = {
            "EMPLID": self.person, "CAMPUS_ID": self.netid, "PU_BARCODE": "2210" + self.person,
            "ELIGIBLE_INELIGIBLE": self.status, "VCURSTATUS": "EMPL", "PVPATRONGROUP": "P", "PVSTATCATEGORY": "STAFF",
            "PATRON_EXPIRATION_DATE": BLANK if self.kind == "R" else "2035-06-30", "PATRON_PURGE_DATE": "2036-06-30",
            "PRF_OR_PRI_FIRST_NAM": "Zoë", "PRF_OR_PRI_LAST_NAME": f"Change{self.serial}",
            "CAMP_EMAIL": f"{self.netid}@example.edu", "CAMP_ADDRESS1": f"{self.serial} Main Street", "CAMP_CITY": "Town",
        }  # fmt: skip
        return record


class People:
    """The people, and the clock of the simulation."""

    def __init__(self, random, zone, begin, days, clean_days, most, is_full=False):
        """Changes on each of `days` days from the moment `begin` on, up to `most` a day. `is_full`: each day has every kind.
        On the last of them and the `clean_days` that follow one eligible person changes and one ineligible, so that every night has
        something to deliver."""
        self.zone = zoneinfo.ZoneInfo(zone)
        self.now = begin
        ids = [f"96000{n:04}" for n in range(1, max(8, most) + 1)]
        moments = sorted(
            (begin + day * 86400 + random.randrange(86400), random.choice(ids))
            for day in range(days)
            for _ in range(random.choice([0, random.randint(1, most), most]))
        )
        kinds = random.choices("EEEEIIR", k=len(moments))
        if is_full:
            moments = [(begin + day * 86400 + 3600 * n, who) for day in range(days) for n, who in enumerate(random.sample(ids, 6), 1)]
            kinds = [kind for _ in range(days) for kind in random.sample("EEEIIR", 6)]
        daily = [(begin + day * 86400 + random.randrange(86400), who) for day in range(days - 1, days + clean_days) for who in DAILY]
        changes = sorted([*zip(moments, kinds), *((moment, DAILY[moment[1]]) for moment in daily)])
        self.changes = [Change(at, who, serial, kind) for serial, ((at, who), kind) in enumerate(changes, 1)]
        self.by_person = {}
        for change in self.changes:
            self.by_person.setdefault(change.person, []).append(change)

    def day(self, moment=None):
        """The day of a moment in the time zone of the API store."""
        moment = self.now if moment is None else moment
        return datetime.datetime.fromtimestamp(moment, self.zone).date()

    def last(self, person, moment=None):
        """The change of a person that counts at a moment, or None."""
        changes = self.by_person[person]
        index = bisect.bisect_right([change.at for change in changes], self.now if moment is None else moment)
        return changes[index - 1] if index else None

    def answer(self, status, since, until):
        """Those of a status who changed on a day of since <= day <= until, as they are now."""
        found = {}
        for change in self.changes:
            if change.at <= self.now and since <= self.day(change.at) <= until:
                last = self.last(change.person)
                if last.status == status:
                    found[change.person] = last
        return list(found.values())


@dataclass
class Request:
    """A request for people that the store has seen."""

    at: int
    status: str
    since: datetime.date
    until: datetime.date
    served: tuple


class Store:
    """The server. `mode` is how it feels: up, away (hangs up), busy (503), half (breaks off) or angry (401)."""

    def __init__(self, people, counts_until):
        """`counts_until`: the last day of the window in a request belongs to the answer."""
        self.people, self.counts_until = people, counts_until
        self.mode, self.requests, self.lock = "up", [], threading.Lock()
        self.at_request = None  # called once, before the next request for people is answered
        store = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments):
                pass

            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if store.mode == "away":
                    return self.hang_up()
                self.say(200, {"access_token": "t0ken", "token_type": "Bearer", "expires_in": 3600})

            def do_GET(self):
                _, _, status, since, until = self.path.split("/")
                since, until = map(datetime.date.fromisoformat, (since, until))
                turn, store.at_request = store.at_request, None
                if turn:
                    turn()
                if store.mode == "away":
                    return self.hang_up()
                if store.mode == "busy":
                    return self.say(503, {})
                if store.mode == "angry":
                    return self.say(401, {"fault": {"code": 900901, "message": "Invalid Credentials"}})
                last = until if store.counts_until else until - datetime.timedelta(days=1)
                with store.lock:
                    people = store.people.answer(status, since, last)
                    served = tuple(change.serial for change in people)
                    store.requests.append(Request(store.people.now, status, since, until, served))
                self.say(200, {"records": {"record": [change.record() for change in people]}}, store.mode == "half")

            def say(self, status, document, is_half=False):
                body = json.dumps(document, ensure_ascii=False).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: len(body) // 2] if is_half else body)
                if is_half:
                    self.wfile.flush()
                    self.hang_up()

            def hang_up(self):
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                self.connection.close()

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, address):
                pass  # A client that was killed.

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True, kwargs={"poll_interval": 0.05}).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()
