#!/usr/bin/python3
"""Alma, as far as feeds see it: takes every zip of a drop directory at once, proves it, and renames it to .handled.

usage: alma.py PORT USER KEY KNOWN_HOSTS DIRECTORY COUNT; ends when COUNT zips were taken, with 1 where one was not whole.
"""
import warnings

warnings.filterwarnings("ignore")
import asyncio
import io
import sys
import xml.dom.minidom
import zipfile

import asyncssh

port, user, key, known_hosts, directory, count = sys.argv[1:]


async def main():
    taken = 0
    async with asyncssh.connect(
        "127.0.0.1", int(port), username=user, client_keys=[key], known_hosts=known_hosts, config=None
    ) as connection:
        async with connection.start_sftp_client() as sftp:
            print("ready", flush=True)
            while taken < int(count):
                for name in await sftp.listdir(directory):
                    if not name.endswith(".zip"):
                        continue
                    path = f"{directory}/{name}"
                    async with sftp.open(path, "rb") as file:
                        data = await file.read()
                    with zipfile.ZipFile(io.BytesIO(data)) as archive:
                        assert archive.testzip() is None
                        for entry in archive.namelist():
                            root = xml.dom.minidom.parseString(archive.read(entry)).documentElement
                            assert root.tagName == "users"
                    await sftp.rename(path, path + ".handled")
                    taken += 1


asyncio.run(main())
