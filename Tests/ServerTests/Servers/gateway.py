#!/usr/bin/python3
"""A gateway before an API store that does what it is told to: serve, cut, stall, throttle, redirect and lie.

usage: gateway.py CERTIFICATE KEY LOG [--plain] [--silent] [--closing] [--tls1.1]

It prints its port, and then a line whenever a test waits for something. Each request is a line of JSON in LOG. The first part of
the path names what to do, so the base URL is https://localhost:PORT/NAME, the token comes from /NAME/token, and the feed is all
else. What has an effect only once is done at the first request of its kind.
"""

import base64
import email.utils
import gzip
import html
import json
import os
import select
import socket
import ssl
import struct
import sys
import threading
import time
import urllib.parse

PEOPLE = [{"EMPLID": str(n), "NAME": "Zoë Müller"} for n in range(1, 4)]
FEED = json.dumps({"records": {"record": PEOPLE}}, ensure_ascii=False).encode()
LARGE = b"[" + b",".join(b'{"EMPLID":"%d"}' % n for n in range(20000)) + b"]"
SECRET = "s3cret&more"
REASONS = {200: "OK", 302: "Found", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 429: "Too Many Requests"}


class Exchange:
    """One request, and the connection for its answer."""

    def __init__(self, connection, head, body, number):
        lines = head.decode("latin-1").split("\r\n")
        self.connection = connection
        self.method, self.path, _ = lines[0].split(" ", 2)
        self.headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines[1:] if line)}
        self.body = body.decode()
        self.number = number

    def send(self, data):
        self.connection.sendall(data)

    def head(self, status, headers):
        lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}", *(f"{k}: {v}" for k, v in headers.items())]
        self.send("\r\n".join([*lines, "", ""]).encode())

    def answer(self, status, body=b"", **headers):
        body = body if isinstance(body, bytes) else body.encode()
        headers = {k.replace("_", "-"): v for k, v in headers.items()}
        self.head(status, {"Content-Length": len(body), "Connection": "close", **headers})
        self.send(body)

    def reset(self):
        """Ends the connection as a broken one ends: with RST, and no close_notify."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        socket.socket.close(self.connection)

    def cut(self):
        """Ends the connection in the middle: all that was sent arrives, but no close_notify."""
        socket.socket.shutdown(self.connection, socket.SHUT_RDWR)

    def chunk(self, data):
        self.send(b"%x\r\n" % len(data) + data + b"\r\n")


def token(exchange, name):
    e = exchange
    if name == "token-redirect":
        return e.answer(302, Location=f"/ok{e.path[len(name) + 1:]}")
    if name == "token-no-json":
        return e.answer(200, "<html>Welcome</html>")
    if name == "token-none":
        return e.answer(200, '{"token_type":"Bearer"}')
    if name == "token-odd":
        return e.answer(200, '{"access_token":"a\\r\\nX-Injected: b"}')
    if name == "token-later" and e.number == 1:
        return e.answer(503, "<html><body><h1>503</h1></body></html>", Content_Type="text/html")
    if name == "token-asleep" and e.number == 1:
        return e.answer(200, '{"fault":{"code":"101504","message":"Send timeout"}}')
    basic = "Basic " + base64.b64encode(b"lib:s3cret&more").decode()
    in_form = "client_id=lib&client_secret=s3cret%26more"
    if e.headers.get("authorization") != basic and in_form not in e.body:
        return e.answer(401, '{"error":"invalid_client","error_description":"A valid OAuth client could not be found"}')
    if "grant_type=client_credentials" not in e.body:
        return e.answer(400, '{"error":"unsupported_grant_type"}')
    body = {"access_token": f"t0ken-{e.number}", "token_type": "Bearer", "expires_in": 3600}
    if name == "token-bom":
        return e.answer(200, b"\xef\xbb\xbf" + json.dumps(body).encode())
    if name.startswith("token-status-") and name[13:].isdigit():
        return e.answer(int(name[13:]), json.dumps(body))
    if name == "token-status-location":
        return e.answer(302, Location=f"/{body['access_token']}")
    if name == "token-beside-error":
        return e.answer(400, json.dumps({"error": "odd", "message": f"not {body['access_token']}", **body}))
    if name == "token-in-text":
        return e.answer(500, json.dumps(body).replace("access_", "acce5s_"))
    if name == "token-in-message":
        return e.answer(500, json.dumps({"message": body["access_token"]}))
    if name == "token-echo":
        return e.answer(401, fault(900901, f"no client has {SECRET}"))
    if name == "token-endless":
        return endless(e, 200)
    e.answer(200, json.dumps(body))


# Spellings in which a server can repeat a secret, as raw bodies of a 403.
ECHOES = {
    "json": lambda s: json.dumps({"fault": {"code": 900908, "message": s.replace("/", "\\/")}}),
    "unicode": lambda s: '{"fault":{"code":900908,"message":"' + "".join(f"\\u{ord(c):04X}" for c in s) + '"}}',
    "unicode-lower": lambda s: '{"fault":{"code":900908,"message":"' + "".join(f"\\u{ord(c):04x}" for c in s) + '"}}',
    "percent": lambda s: json.dumps({"code": 900908, "message": urllib.parse.quote(s, safe="")}),
    "percent-lower": lambda s: json.dumps(
        {"code": 900908, "message": "".join(c if c.isalnum() else f"%{ord(c):02x}" for c in s)}
    ),
    "form": lambda s: json.dumps({"code": 900908, "message": urllib.parse.quote_plus(s)}),
    "html": lambda s: f"<html><body>900908 {html.escape(s)}</body></html>",
    "html-decimal": lambda s: "<html><body>900908 " + "".join(f"&#{ord(c)};" for c in s) + "</body></html>",
    "html-hex": lambda s: "<html><body>900908 " + "".join(f"&#x{ord(c):X};" for c in s) + "</body></html>",
    "xml": lambda s: f"<am:fault><am:code>900908</am:code><am:message>{html.escape(s)}</am:message></am:fault>",
    "base64": lambda s: json.dumps({"code": 900908, "message": "Basic " + base64.b64encode(f"lib:{s}".encode()).decode()}),
    # Cut by what is shown of a text, by what is read of a body, and by what is shown of a name.
    "long": lambda s: json.dumps({"code": 900908, "message": "x" * 285 + s + "y" * 5000}),
    "very-long": lambda s: "<p>900908</p>" + "<i>" * 21840 + s * 2,
}


def echo(e, name):
    """Repeats the client's secret or its token: echo-HOW or echo-token-HOW."""
    how = name[5:].removeprefix("token-")
    said = e.headers["authorization"][7:] if name.startswith("echo-token-") else SECRET
    if how == "member":
        return e.answer(200, json.dumps({"x" * (62 - len(said)) + said: 1}))
    if how == "header":
        return e.answer(200, FEED, Content_Encoding=said)
    if how == "location":
        return e.answer(302, Location=f"https://127.0.0.1:{PORT}/{urllib.parse.quote(said, safe='')}")
    if how == "moved":
        if "/moved" in e.path:
            return e.answer(200, FEED)
        return e.answer(302, Location=f"/{name}/moved/{urllib.parse.quote(said, safe='')}")
    return e.answer(403, ECHOES[how](said))


def endless(e, status):
    e.head(status, {"Connection": "close"})
    while True:
        e.send(b'{"a":"' + b"x" * 65536)


def fault(code, message="Runtime Error", description="Error connecting to the back end"):
    return json.dumps({"fault": {"code": code, "type": "Status report", "message": message, "description": description}})


def feed(exchange, name):
    e = exchange
    first = e.number == 1
    if name == "ping":
        return e.answer(200, "OK", Content_Type="text/plain")
    if not e.headers.get("authorization", "").startswith("Bearer t0ken-"):
        return e.answer(401, fault(900902, "Missing Credentials"))
    if name in ANSWERS:
        status, body, headers = ANSWERS[name]
        return e.answer(status, body, **headers)
    if name.startswith("status-"):
        return e.answer(int(name[7:]), fault(900908, "Resource forbidden"))
    if name.startswith("once-") and not first:
        return e.answer(200, FEED)
    if name in CUTS:
        return CUTS[name](e)
    if name == "once-reset":
        return e.reset()
    if name == "nonsense":
        return e.send(b"nonsense\r\n\r\n")
    if name == "headers":
        return e.send(b"HTTP/1.1 200 OK\r\nLink: a\r\nContent-Length: 0\r\nlink: b\r\n\r\n")
    if name == "once-429":
        return e.answer(429, fault(900803, "Message throttled out"), Retry_After="1")
    if name == "once-503-date":
        return e.answer(503, b"", Retry_After=email.utils.formatdate(time.time() + 2, usegmt=True))
    if name == "once-asleep":
        return e.answer(200, fault(101503))
    if name == "once-expired":
        return e.answer(401, fault("900901", "Invalid Credentials"))
    if name == "patience":
        return e.answer(429, fault(900803, "Message throttled out"), Retry_After="86400")
    if name == "echo":
        said = e.headers["authorization"] + " s3cret&more s3cret%26more " + base64.b64encode(b"lib:s3cret&more").decode()
        return e.answer(403, fault(900908, said))
    if name.startswith("echo-"):
        return echo(e, name)
    if name.startswith("endless-"):
        return endless(e, int(name[8:]))
    if name == "unpackable":
        return e.answer(401, FEED, Content_Encoding="gzip" if e.number % 2 else "UTF-8")
    if name == "redirect":
        if "/moved/" in e.path:
            return e.answer(200, FEED)
        return e.answer(302, Location=e.path.replace("/people/", "/moved/"))
    if name == "redirect-host":
        return e.answer(302, Location=f"https://127.0.0.1:{PORT}/ok/people")
    if name == "redirect-plain":
        return e.answer(302, Location=f"http://localhost:{PORT}/ok/people")
    if name == "redirect-round":
        return e.answer(302, Location=e.path)
    if name == "step":
        return step(e)
    if name.startswith("many-"):
        return many(e, int(name[5:]))
    e.answer(200, FEED)


ANSWERS = {
    "list": (200, json.dumps(PEOPLE), {}),
    "nobody": (200, '{"records":""}', {}),
    "bom": (200, b"\xef\xbb\xbf" + FEED, {}),
    "gzip": (200, gzip.compress(FEED), {"Content_Encoding": "gzip"}),
    "gzip-large": (200, gzip.compress(LARGE, 1), {"Content_Encoding": "gzip"}),
    "gzip-twice": (200, gzip.compress(FEED[:9]) + gzip.compress(FEED[9:]), {"Content_Encoding": "gzip"}),
    "gzip-false": (200, FEED, {"Content_Encoding": "gzip"}),
    "gzip-more": (200, gzip.compress(FEED) + b"more", {"Content_Encoding": "gzip"}),
    "brotli": (200, FEED, {"Content_Encoding": "br"}),
    "encoding-utf-8": (200, FEED, {"Content_Encoding": "UTF-8"}),
    "gzip-padded": (200, gzip.compress(FEED) + bytes(700), {"Content_Encoding": "gzip"}),
    "gzip-line-end": (200, gzip.compress(FEED) + b"\r\n", {"Content_Encoding": "gzip"}),
    "gzip-twice-padded": (200, gzip.compress(FEED[:9]) + gzip.compress(FEED[9:]) + b"\n\0", {"Content_Encoding": "gzip"}),
    "gzip-padded-more": (200, gzip.compress(FEED) + b"\0\0" + gzip.compress(FEED), {"Content_Encoding": "gzip"}),
    "link-next": (200, FEED, {"Link": '</p?page=1>; rel="first", </p?page=3>; title="a"; rel="next"'}),
    "link-first": (200, FEED, {"Link": '</next>; rel="first"'}),
    "x-next-page": (200, FEED, {"X_Next_Page": "2"}),
    "x-next-page-blank": (200, FEED, {"X_Next_Page": " "}),
    "more-pages": (200, json.dumps({"records": PEOPLE, "hasMore": True}), {}),
    "more-pages-first": (200, json.dumps({"hasMore": True, "message": "ok", "records": PEOPLE}), {}),
    "fault-behind": (200, json.dumps({"records": PEOPLE, "fault": {"code": 101503, "message": "gone"}}), {}),
    "fault-bom": (200, b"\xef\xbb\xbf" + json.dumps({"fault": {"code": 101503, "message": "gone"}}).encode(), {}),
    "counters": (200, json.dumps({"count": 0, "records": [], "offset": 0, "hasMore": False, "next": None}), {}),
    "empty": (200, b"", {}),
    "no-content": (204, b"", {}),
    "object": (200, "{}", {}),
    "null": (200, "null", {}),
    "html": (200, "<!DOCTYPE html><title>Sign in</title>", {}),
    "utf-16": (200, FEED.decode().encode("utf-16"), {}),
    "utf-16le": (200, FEED.decode().encode("utf-16-le"), {}),
    "latin-1": (200, FEED.decode().encode("latin-1"), {}),
    "more": (200, FEED + b"\n\n<!-- -->", {}),
    "kind": (200, '[{"EMPLID":"1"},{"kind":"summary","complete":true}]', {}),
    "fault": (200, fault(900900, "Unclassified Authentication Failure"), {}),
    "fault-xml": (
        200,
        '<am:fault xmlns:am="http://wso2.org/apimanager"><am:code>303001</am:code><am:message>Runtime Error</am:message>'
        "<am:description>Address endpoint &lt;x&gt; failed</am:description></am:fault>",
        {"Content_Type": "application/xml"},
    ),
    "asleep": (200, fault("101508"), {}),
    "asleep-xml": (200, "<am:fault><am:code>101505</am:code><am:message>Runtime Error</am:message></am:fault>", {}),
    "forbidden-xml": (
        403,
        '<ams:fault xmlns:ams="http://wso2.org/apimanager/security"><ams:code>900908</ams:code><ams:message>Resource '
        "forbidden</ams:message></ams:fault>",
        {"Content_Type": "text/xml"},
    ),
    "not-found-plain": (404, '{"code":404,"message":"No matching resource"}', {}),
    "not-found-oauth": (404, '{"error":"not_found","error_description":"nothing here"}', {}),
    "rude": (400, fault(1, "\x1b[31mred\x07\nand a second line " + "x" * 5000), {}),
    "bad-gateway": (502, "<html><head><title>502</title></head><body>Bad Gateway</body></html>", {}),
}


def cut_length(e):
    e.head(200, {"Content-Length": len(FEED) + 1000})
    e.send(FEED[:-40])
    e.cut()


def cut_chunks(e):
    e.head(200, {"Transfer-Encoding": "chunked"})
    e.chunk(FEED[:-40])


def cut_nothing_said(e):
    e.head(200, {"Connection": "close"})
    e.send(FEED[:-40])


def whole_nothing_said(e):
    e.head(200, {"Connection": "close"})
    e.send(FEED)
    e.connection.unwrap()


def cut_gzip(e):
    packed = gzip.compress(os.urandom(3000).hex().encode().join([b'[{"EMPLID":"1"},"', b'"]']))
    e.answer(200, packed[:-1000], Content_Encoding="gzip")


def cut_gzip_end(e):
    e.answer(200, gzip.compress(FEED)[:-8], Content_Encoding="gzip")


def cut_early(e):
    e.head(200, {"Content-Length": 1000})
    e.send(b'{"records":[{"EMP')
    e.cut()


def stall(e):
    e.head(200, {"Content-Length": len(FEED)})
    e.send(FEED[:-40])
    e.connection.settimeout(60)
    e.connection.recv(1)


CUTS = {
    "cut-length": cut_length,
    "cut-chunks": cut_chunks,
    "cut-unsaid": cut_nothing_said,
    "whole-unsaid": whole_nothing_said,
    "cut-json": lambda e: e.answer(200, FEED[:-40]),
    "cut-gzip": cut_gzip,
    "cut-gzip-end": cut_gzip_end,
    "cut-early": cut_early,
    "once-cut-early": cut_early,
    "stall": stall,
}


def step(e):
    """Sends one person, and the others when the client's reader says so on standard input."""
    e.head(200, {"Transfer-Encoding": "chunked"})
    e.chunk(b'{"records":[{"EMPLID":"1"}')
    print("one person sent", flush=True)
    sys.stdin.readline()
    e.chunk(b',{"EMPLID":"2"}]}')
    e.send(b"0\r\n\r\n")


def many(e, count):
    """Sends so many MB of people, and says so when the client has stopped to take any."""
    person = json.dumps({"EMPLID": "123456789", **{f"FIELD_{n}": "Müller Ångström" for n in range(60)}}).encode()
    block = (person + b",") * 32
    blocks = count * 1_000_000 // len(block)
    e.head(200, {"Transfer-Encoding": "chunked"})
    e.chunk(b"[")
    e.connection.setblocking(False)
    waiting, has_told = memoryview(b"%x\r\n" % len(block) + block + b"\r\n"), False
    for number in range(blocks):
        rest = waiting
        while rest:
            try:
                rest = rest[e.connection.send(rest) :]
            except (ssl.SSLWantWriteError, ssl.SSLWantReadError, BlockingIOError):
                if not select.select([], [e.connection], [], 1)[1] and not has_told:
                    has_told = True
                    print(f"blocked after {number * len(block)}", flush=True)
    e.connection.setblocking(True)
    e.chunk(person + b"]")
    e.send(b"0\r\n\r\n")
    print(f"sent {blocks * 32 + 1}", flush=True)


def read_request(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    head, body = data.split(b"\r\n\r\n", 1)
    length = next((int(l.split(b":")[1]) for l in head.split(b"\r\n") if l.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head, body


counts, lock = {}, threading.Lock()


def serve(connection):
    try:
        if CONTEXT:
            connection = CONTEXT.wrap_socket(connection, server_side=True)
        request = read_request(connection)
        if not request:
            return
        if request[0].startswith(b"CONNECT "):
            connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return
        path = request[0].split(b" ")[1].decode()
        name, kind = path.split("/")[1], token if path.endswith("/token") else feed
        with lock:
            number = counts[name, kind] = counts.get((name, kind), 0) + 1
            exchange = Exchange(connection, *request, number)
            entry = {"method": exchange.method, "path": path, "headers": exchange.headers, "body": exchange.body}
            with open(LOG, "a") as log:
                log.write(json.dumps(entry) + "\n")
        kind(exchange, name)
        connection.close()
    except OSError:
        # The client has gone, or would not speak with us: its own test sees to that.
        pass


if __name__ == "__main__":
    certificate, key, LOG, *modes = sys.argv[1:]
    CONTEXT = None
    if "--plain" not in modes:
        CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        CONTEXT.load_cert_chain(certificate, key)
    if "--tls1.1" in modes:
        CONTEXT.set_ciphers("ALL:@SECLEVEL=0")
        CONTEXT.minimum_version = CONTEXT.maximum_version = ssl.TLSVersion.TLSv1_1
    listener = socket.create_server(("127.0.0.1", 0))
    PORT = listener.getsockname()[1]
    print(PORT, flush=True)
    held = []
    while True:
        accepted, _ = listener.accept()
        if "--silent" in modes:
            held.append(accepted)
        elif "--closing" in modes:
            accepted.recv(65536)
            accepted.close()
        else:
            threading.Thread(target=serve, args=(accepted,), daemon=True).start()
