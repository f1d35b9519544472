"""A saved response to people, one a line, without holding it in memory: ijson, and orjson to write them.

usage: split_ijson.py [--prefix item|records.item|records.record.item] FILE
"""

import argparse
import sys

import ijson
import orjson


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--prefix", default="item")
    parser.add_argument("file")
    options = parser.parse_args()
    with open(options.file, "rb") as response, open(sys.stdout.fileno(), "wb", buffering=1 << 18) as output:
        for person in ijson.items(response, options.prefix, buf_size=1 << 18):
            output.write(orjson.dumps(person) + b"\n")


main()
