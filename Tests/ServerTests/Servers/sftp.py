#!/usr/bin/python3
"""An SFTP server with passwords and faults that sshd has not. usage: sftp.py HOSTKEY ROOT PORTFILE [kbdint] [quota=N] [noext]"""
import warnings

warnings.filterwarnings("ignore")
import asyncio
import os
import sys

import asyncssh

host_key, root, port_file, *options = sys.argv[1:]
values = dict(option.split("=") for option in options if "=" in option)
USER, PASSWORD = "alma", "s3cret-Pä55 'word'"


class Login(asyncssh.SSHServer):
    def begin_auth(self, username):
        return True

    def password_auth_supported(self):
        return "kbdint" not in options

    def kbdint_auth_supported(self):
        return "kbdint" in options

    def validate_password(self, username, password):
        return (username, password) == (USER, PASSWORD)

    def get_kbdint_challenge(self, username, lang, submethods):
        return "", "", "", [("Password: ", False)]

    def validate_kbdint_response(self, username, responses):
        return username == USER and responses == [PASSWORD]


class Files(asyncssh.SFTPServer):
    def __init__(self, channel):
        super().__init__(channel, chroot=os.path.abspath(root).encode())
        self.written = 0

    def write(self, file, offset, data):
        self.written += len(data)
        if self.written > int(values.get("quota", 1 << 62)):
            raise asyncssh.SFTPFailure("Disk quota exceeded")
        return super().write(file, offset, data)


async def main():
    if "noext" in options:
        asyncssh.sftp.SFTPServerHandler._extensions = []
    server = await asyncssh.listen(
        "127.0.0.1", 0, server_factory=Login, server_host_keys=[host_key], sftp_factory=Files, encoding=None
    )
    with open(port_file + ".new", "w") as file:
        file.write(str(server.sockets[0].getsockname()[1]))
    os.rename(port_file + ".new", port_file)
    await asyncio.get_running_loop().create_future()


asyncio.run(main())
