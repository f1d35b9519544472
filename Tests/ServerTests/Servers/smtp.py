#!/usr/bin/python3
"""A mail server for tests: Debian's aiosmtpd, with STARTTLS and login, and with whatever goes wrong in the world.

usage: smtp.py DIRECTORY CERTIFICATE KEY [how...]

It keeps each message as DIRECTORY/N.eml, and what it knows of its envelope as N.json, and prints its port when it
listens. User and password are `mailer` and `p@ss wörd`.

  plain          offer no STARTTLS            smtps            TLS from the first byte
  open           ask for no login             nologin          offer none either
  refuse=ADDR    550 for this recipient       postpone=ADDR=N  451 for this recipient, the first N times
  mail=REPLY=N   answer MAIL so, N times      data=REPLY=N     answer the message so, N times
  greet=REPLY=N  greet so and hang up, N times
  drop=N         cut the connection after the message came, N times, and keep it not
  mute           accept connections and say nothing
  trickle        greet without an end, ten lines a second
  repeat         repeat the password that is wrong, and what base64 it came in
"""
import asyncio
import base64
import json
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

directory, certificate, key, *how = sys.argv[1:]
flags = {word for word in how if '=' not in word}
values = dict(word.split('=', 1) for word in how if '=' in word)
left = {name: int(value.rsplit('=', 1)[1]) for name, value in values.items() if name in ('postpone', 'mail', 'data', 'greet')}
left['drop'] = int(values.get('drop', 0))
state = {'messages': 0, 'connections': 0}


def log(line):
    with open(os.path.join(directory, 'log'), 'a') as file:
        file.write(line + '\n')


def due(name):
    """Something goes wrong that was ordered, and has not gone wrong often enough yet."""
    if left.get(name, 0) <= 0:
        return None
    left[name] -= 1
    return values[name].rsplit('=', 1)[0]


class Handler:
    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        log('EHLO')
        return responses

    async def handle_NOOP(self, server, session, envelope, argument):
        log('NOOP authenticated=%s' % bool(session.authenticated))
        return '250 OK'

    async def handle_QUIT(self, server, session, envelope):
        log('QUIT')
        return '221 Bye'

    async def handle_MAIL(self, server, session, envelope, address, options):
        log('MAIL %s' % address)
        if reply := due('mail'):
            return reply
        envelope.mail_from = address
        return '250 OK'

    async def handle_RCPT(self, server, session, envelope, address, options):
        log('RCPT %s' % address)
        if address == values.get('refuse'):
            return '550 5.1.1 <%s>: User unknown' % address
        if 'postpone' in values and address == values['postpone'].split('=')[0] and due('postpone'):
            return '451 4.7.1 Greylisted, try again later'
        envelope.rcpt_tos.append(address)
        return '250 OK'

    async def handle_DATA(self, server, session, envelope):
        log('DATA')
        if due('drop'):
            server.transport.abort()
            return '451 gone'
        if reply := due('data'):
            return reply
        number = state['messages'] = state['messages'] + 1
        facts = dict(
            sender=envelope.mail_from, recipients=envelope.rcpt_tos, tls=session.ssl is not None or 'smtps' in flags,
            login=bool(session.authenticated))
        for name, content in (('%d.eml' % number, envelope.content), ('%d.json' % number, json.dumps(facts).encode())):
            with open(os.path.join(directory, name), 'wb') as file:
                file.write(content)
        return '250 2.0.0 queued as %d' % number


class Trickle(asyncio.Protocol):
    def connection_made(self, transport):
        if not transport.is_closing():
            transport.write(b'220-patience\r\n')
            asyncio.get_running_loop().call_later(0.1, self.connection_made, transport)


class Hangup(asyncio.Protocol):
    def __init__(self, reply):
        self.reply = reply

    def connection_made(self, transport):
        if self.reply:
            transport.write(self.reply.encode() + b'\r\n')
            transport.close()


def login(server, session, envelope, mechanism, data):
    if 'repeat' in flags:
        sent = base64.b64encode(b'\0%s\0%s' % (data.login, data.password)).decode()
        return AuthResult(success=False, handled=False, message='535 5.7.8 %s %s %s' % (sent, 'x' * 200, data.password.decode()))
    isGood = isinstance(data, LoginPassword) and (data.login, data.password) == (b'mailer', 'p@ss wörd'.encode())
    return AuthResult(success=isGood, handled=isGood, message=None if isGood else '535 5.7.8 Credentials invalid')


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)


def connect():
    log('connection')
    if 'trickle' in flags:
        return Trickle()
    if 'mute' in flags:
        return Hangup(None)
    if reply := due('greet'):
        return Hangup(reply)
    options = dict(hostname='localhost', decode_data=False, enable_SMTPUTF8=False)
    if 'nologin' in flags:
        options.update(auth_exclude_mechanism=['PLAIN', 'LOGIN'])
    else:
        options.update(authenticator=login, auth_required='open' not in flags)
    if flags & {'plain', 'smtps'}:
        options.update(auth_require_tls=False)
    else:
        options.update(tls_context=context, require_starttls=True, auth_require_tls=True)
    return SMTP(Handler(), **options)


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(connect, '127.0.0.1', 0, ssl=context if 'smtps' in flags else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
