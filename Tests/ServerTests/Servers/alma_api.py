#!/usr/bin/python3
"""Alma's REST API, as far as the job that loads users goes, on loopback: answers as the first part of the path says.

usage: alma_api.py CERTIFICATE KEY LOG [--plain] [--port N] [--day YYYY-MM-DD]

It prints its port. Each request is a line of JSON in LOG. The base URL is https://localhost:PORT/SCENARIO, the API key is KEY below.
The codes of the counters, the members of an event and the code of the category are made up: they are documented nowhere.
"""

import argparse, collections, datetime, http.server, json, re, ssl, threading, time, urllib.parse  # noqa: E401

KEY, JOB, OTHER = "l8xxstandin", "S4711222220001234", "S4711333330001234"
NAME = "Users SYNCHRONIZE using profile Student Information System"
DESCRIPTIONS = {
    "COMPLETED_SUCCESS": "Completed Successfully", "COMPLETED_FAILED": "Completed with Errors", "FAILED": "Failed",
    "COMPLETED_NO_BULKS": "Completed with no bulks", "RUNNING": "Running", "QUEUED": "Queued", "SYSTEM_ABORTED": "Aborted by System",
    "POSTPONED": "Postponed",
}
COUNTERS = {  # the labels are Ex Libris'; the codes are not
    "processed": "Total users processed", "rejected": "Total users rejected", "updated": "Total users updated successfully",
    "created": "Total users created successfully", "unchanged": "Total users unchanged", "records": "Total records processed",
}
MESSAGES = [  # as libraries have published them: CARLI, CSU, Ex Libris' knowledge center
    "Identifier of type BARCODE and value 21101000000042 is already taken AcrossInstitution in this feed",
    "User is not external", "Mandatory field is missing: User identifier value", "missing a mandatory field: statistical category",
]
GOOD, REJECTS, NOBODY = (8, 0, 3, 2, 3, 1), (8, 2, 3, 2, 1, 1), (0, 0, 0, 0, 0, 0)
OK, NONE = "COMPLETED_SUCCESS", "COMPLETED_NO_BULKS"
RUNS = {  # the runs of the job: number, status, hour, users as COUNTERS has them
    "success": [(0, OK, 6, GOOD)], "none": [], "no-job": [], "errors-status": [(0, "COMPLETED_FAILED", 6, REJECTS)],
    "many-events": [(0, OK, 6, (1000, 250, 400, 50, 300, 1))], "two-zips": [(0, OK, 6, (10, 2, 3, 2, 3, 2))],
    "running": [(0, "RUNNING", 6, NOBODY)], "queued": [(0, "QUEUED", 6, NOBODY)], "failed": [(0, "FAILED", 6, NOBODY)],
    "aborted": [(0, "SYSTEM_ABORTED", 6, NOBODY)], "empty-run": [(0, NONE, 6, NOBODY)],
    "two": [(1, OK, 6, REJECTS), (0, NONE, 0, NOBODY)], "two-oldest-first": [(0, NONE, 0, NOBODY), (1, OK, 6, REJECTS)],
}
RUNS["in-two-runs"] = [(0, NONE, 6, NOBODY), (1, OK, 12, GOOD)]
RUNS["failed-then-loaded"] = [(0, "FAILED", 6, NOBODY), (1, OK, 12, GOOD)]
RUNS["status-of-tomorrow"] = [(0, "POSTPONED", 6, NOBODY)]
RUNS |= dict.fromkeys("echo no-category no-total no-status no-times moved".split(), RUNS["success"])
RUNS |= dict.fromkeys("two-jobs single-object 429 429-daily 500 500-always".split(), RUNS["success"])
RUNS |= dict.fromkeys("unauthorized forbidden 401 503 html xml malformed cut null-body error-object stall".split(), RUNS["success"])
RUNS |= dict.fromkeys("errors other-events no-events other-counters number-counters 429-later".split(), [(0, OK, 6, REJECTS)])


def run_of_job(day, scenario, number, status, hour, users):
    at = lambda minute: f"{day}T{hour:02}:{minute:02}:00.{number:03}Z"  # noqa: E731
    goes_on, identifier = status in ("RUNNING", "QUEUED"), str(57000000000001234 + number)
    run = {
        "id": identifier, "external_id": str(57000000000001000 + number), "name": NAME,
        "submitted_by": {"value": "System", "desc": "System"}, "submit_time": at(0),
        "start_time": None if status == "QUEUED" else at(1), "end_time": None if goes_on else at(4),
        "progress": 40 if status == "RUNNING" else 100 if status.startswith("COMPLETED") else 0,
        "status": {"value": status, "desc": DESCRIPTIONS[status]}, "status_date": f"{day}Z",
        "alert": [{"value": "alert_general_success", "desc": "The job completed successfully."}] if status == OK else [],
        "counter": [], "action": [],
        "job_info": {"id": JOB, "name": NAME, "description": "", "type": {"value": "SCHEDULED", "desc": "Scheduled"},
                     "category": {"value": "USERS", "desc": "Users"}, "link": f"/almaws/v1/conf/jobs/{JOB}"},
        "link": f"/almaws/v1/conf/jobs/{JOB}/instances/{identifier}",
    }
    if status.startswith("COMPLETED"):
        for (code, label), count in zip(COUNTERS.items(), users):
            label = f"Zähler {code[:3]}" if scenario == "other-counters" else label
            value = count if scenario == "number-counters" else str(count)
            run["counter"].append({"type": {"value": f"standin.users.{code}", "desc": label}, "value": value})
    return {name: value for name, value in run.items() if value is not None}


def event(scenario, number):
    who, why = f"96{number + 1:07}", MESSAGES[number % len(MESSAGES)]
    if scenario == "other-events":  # another guess: whoever reads events must not count on names
        return {"event_id": number, "description": f"User {who} was rejected. {why}", "keys": [{"name": "USER", "value": who}]}
    return {"id": str(900 + number), "type": {"value": "6129", "desc": "External System Rejected User"}, "message": why,
            "parameter": [{"name": {"value": "PRIMARY_ID"}, "value": who}, {"name": {"value": "REASON"}, "value": why}]}


class Refusal(Exception):
    """A 400, with its code and message."""


class Alma(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen, lock = collections.Counter(), threading.Lock()

    def log_message(self, *_):
        pass

    def answer(self, status, body, kind="application/json", promised=None):
        data = (body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)).encode()
        self.send_response(status)
        sent = {"Content-Type": f"{kind};charset=UTF-8", "X-Exl-Api-Remaining": "49999", "Content-Length": str(promised or len(data))}
        for header in sent.items():
            self.send_header(*header)
        self.end_headers()
        self.wfile.write(data)
        self.close_connection = self.close_connection or promised is not None

    def error(self, status, code, message):
        one = {"errorCode": code, "errorMessage": message, "trackingId": "E01-2211060000-ABCDE-AWAE123"}
        self.answer(status, {"errorsExist": True, "errorList": {"error": [one]}, "result": None})

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = {k: v[-1] for k, v in urllib.parse.parse_qs(url.query, keep_blank_values=True).items()}
        _, scenario, *parts = url.path.split("/")
        with self.lock, open(self.server.arguments.log, "a") as log:
            self.seen[url.path] += 1
            turn = self.seen[url.path]
            headers = {k.lower(): v for k, v in self.headers.items()}
            log.write(json.dumps({"method": "GET", "path": self.path, "headers": headers, "body": ""}) + "\n")
        if scenario not in RUNS or parts[:2] != ["almaws", "v1"]:
            return self.answer(404, "<html><body>No such page</body></html>", "text/html")
        if headers.get("authorization") != f"apikey {KEY}" and query.get("apikey") != KEY or scenario == "forbidden":
            return self.error(403, "FORBIDDEN", "Invalid API Key")
        busy = (429, "PER_SECOND_THRESHOLD", "HTTP requests are more than allowed per second")
        broken = (500, "INTERNAL_SERVER_ERROR", "An unexpected error has occurred")
        error = '<errorCode>UNAUTHORIZED</errorCode><errorMessage>API-key not defined or not configured to allow this API.</errorMessage>'
        match scenario:  # what is the same for every path
            case "401": return self.answer(401, "<html><h1>HTTP Status 401 – Unauthorized</h1></html>", "text/html")
            case "429-daily": return self.error(429, "DAILY_THRESHOLD", "Daily API Request Threshold has been reached")
            case "429" if turn <= 2: return self.error(*busy)
            case "429-later" if parts[-1] == "events" and turn == 1: return self.error(*busy)
            case "500-always": return self.error(*broken)
            case "500" if turn == 1: return self.error(*broken)
            case "503": return self.answer(503, "<html><body>Scheduled maintenance</body></html>", "text/html")
            case "html": return self.answer(200, "<html><body>Welcome to Alma</body></html>", "text/html")
            case "malformed": return self.answer(200, '{"job":[{"id":')
            case "cut": return self.answer(200, '{"total_record_count":1,"job":[', promised=4096)
            case "echo": return self.error(400, "402999", f"Cannot serve apikey {KEY} or {KEY[:4]}%73tandin")
            case "moved":
                self.send_response(302)
                self.send_header("Location", "https://127.0.0.1:1/elsewhere?apikey=" + KEY)
                self.send_header("Content-Length", "0")
                return self.end_headers()
            case "no-total": return self.answer(200, {"job": []})
            case "null-body": return self.answer(200, "null")
            case "stall": return time.sleep(600)
            case "unauthorized":  # in XML, whatever was asked for
                return self.answer(400, '<web_service_result xmlns="http://com/exlibris/urm/general/xmlbeans"><errorsExist>true'
                                   f"</errorsExist><errorList><error>{error}</error></errorList></web_service_result>", "application/xml")
            case "error-object":  # both were seen: an object where a list is documented, and a wrapper
                one = {"errorCode": "402216", "errorMessage": "Invalid job id."}
                return self.answer(400, {"web_service_result": {"errorsExist": "true", "errorList": {"error": one}}})
        if scenario == "xml" or "json" not in headers.get("accept", ""):
            return self.answer(200, '<?xml version="1.0"?><jobs total_record_count="1"/>', "application/xml")
        try:
            self.answer(200, self.route(scenario, parts[2:], query))
        except Refusal as refusal:
            self.error(400, *refusal.args)

    def page(self, name, rows, query):
        limit, offset = query.get("limit", "10"), query.get("offset", "0")
        if not limit.isdigit() or not offset.isdigit() or int(limit) > 100:
            raise Refusal("40166410", "Parameter value invalid.")
        part = rows[int(offset):][:int(limit)]
        return ({name: part} if part else {}) | {"total_record_count": len(rows)}  # nobody: no member, as was seen elsewhere

    def user(self, who):
        if who.endswith("9"):
            raise Refusal("401861", f"User with identifier {who} was not found.")
        kind, expiry = "INTERNAL" if who.endswith("7") else "EXTERNAL", "2025-06-30Z" if who.endswith("8") else "2027-06-30Z"
        return {"primary_id": who, "user_group": {"value": "UGRD", "desc": "Undergraduate"}, "expiry_date": expiry,
                "purge_date": "2029-06-30Z", "account_type": {"value": kind, "desc": kind.capitalize()}, "external_id": "SIS",
                "status": {"value": "ACTIVE", "desc": "Active"}, "status_date": "2024-08-01Z"}

    def route(self, scenario, parts, query):
        if parts in (["conf", "test"], ["users", "operation", "test"]):
            return {"test": "GET - OK - institutionCode: 01ABC_INST"}
        if parts[:1] == ["users"] and len(parts) == 2:
            return self.user(urllib.parse.unquote(parts[1]))
        runs = [run_of_job(self.server.arguments.day, scenario, *run) for run in RUNS[scenario]]
        for run in runs:
            for member in {"no-status": ["status"], "no-times": ["submit_time", "start_time"]}.get(scenario, []):
                del run[member]
        if parts == ["conf", "jobs"]:
            if scenario == "no-category" and "category" in query:
                raise Refusal("40166410", "Invalid parameter value: category")
            names = {JOB: NAME} | ({OTHER: NAME.replace("SYNCHRONIZE", "EXPORT")} if scenario == "two-jobs" else {})
            same = run_of_job(self.server.arguments.day, scenario, 0, OK, 6, GOOD)["job_info"]
            asked = query.get("type", "SCHEDULED") == "SCHEDULED" and query.get("category", "USERS") == "USERS" and scenario != "no-job"
            return self.page("job", [same | {"id": i, "name": n} for i, n in names.items()] if asked else [], query)
        if parts[:2] != ["conf", "jobs"] or len(parts) < 4:
            raise Refusal("40166404", "The stand-in does not serve this.")
        if parts[2] not in (JOB, OTHER, "ALL"):
            known = re.fullmatch(r"[MSO]\d+", parts[2])
            raise Refusal(*(("402216", "Invalid job id.") if known else ("402215", "Invalid job id format.")))
        if len(parts) == 4:
            first, last = query.get("submit_date_from", "0001-01-01"), query.get("submit_date_to", "9999-12-31")
            if not all(re.fullmatch(r"\d{4}-\d\d-\d\d", day) for day in (first, last)):
                raise Refusal("402217", "Invalid date format.")
            runs = [run for run in runs if parts[2] == JOB and first <= run.get("submit_time", first)[:10] <= last]
            return self.page("job_instance", [r for r in runs if query.get("status") is None or query["status"] == r["status"]["value"]], query)
        if not (found := [run for run in runs if run["id"] == parts[4]]):
            raise Refusal("402218", "Invalid job instance id.")
        run = found[0]
        if len(parts) == 5:  # where there is one of something, a bridge may give it without its list
            return run | ({"counter": run["counter"][1]} if scenario == "single-object" else {})
        if parts[5:] != ["events"] or scenario == "no-events":
            raise Refusal("60332", "This service will only work for the job category and type of USERS/SIS.")
        rejected = next((int(c["value"]) for c in run["counter"] if c["type"]["value"].endswith("rejected")), 0)
        return self.page("events" if scenario == "other-events" else "event", [event(scenario, n) for n in range(rejected)], query)


parser = argparse.ArgumentParser()
for option in ("certificate", "key", "log"):
    parser.add_argument(option)
parser.add_argument("--plain", action="store_true")
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--day", default="2026-11-22", type=lambda day: str(datetime.date.fromisoformat(day)))
server = http.server.ThreadingHTTPServer(("127.0.0.1", parser.parse_args().port), Alma)
server.arguments = parser.parse_args()
if not server.arguments.plain:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server.arguments.certificate, server.arguments.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
