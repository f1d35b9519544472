"""Whether two outputs are the same. A peer whose output differs is not measured."""

import filecmp
import hashlib
import itertools
import json
import subprocess


def difference(kind, ours, peer):
    """None where the outputs agree, else what is different, in a few words."""
    if filecmp.cmp(ours, peer, shallow=False):
        return None
    return {"xml": xml_difference, "rejects": stream_difference, "people": people_difference}[kind](ours, peer)


def canonical(path):
    """The digest of a document's canonical form, without the blanks that only indent."""
    process = subprocess.Popen(["xmllint", "--noblanks", "--huge", "--c14n", path], stdout=subprocess.PIPE)
    digest = hashlib.file_digest(process.stdout, "sha256").hexdigest()
    process.stdout.close()
    if process.wait():
        raise ValueError(f"{path} is not well-formed")
    return digest


def xml_difference(ours, peer):
    try:
        return None if canonical(ours) == canonical(peer) else "the XML differs after xmllint --c14n"
    except ValueError as problem:
        return str(problem)


def stream_difference(ours, peer):
    """Accepted people are the same bytes; records say the same, but for the words of messages and the seconds."""
    return first_difference(ours, peer, lambda line: said(line) if line.startswith(b'{"kind"') else line)


def said(line):
    record = json.loads(line.decode("utf-8", "replace"))
    record.pop("seconds", None)
    for reason in record.get("reasons", []):
        reason.pop("message", None)
    return record


def people_difference(ours, peer):
    """The same people with the same values; what stands around them in the stream is ours alone."""
    return first_difference(ours, peer, json.loads, lambda line: not line.startswith(b'{"kind"'))


def first_difference(ours, peer, meaning, is_compared=lambda line: True):
    with open(ours, "rb") as our_file, open(peer, "rb") as peer_file:
        pairs = itertools.zip_longest(filter(is_compared, our_file), filter(is_compared, peer_file))
        for number, (our_line, peer_line) in enumerate(pairs, 1):
            if our_line == peer_line:
                continue
            if our_line is None or peer_line is None:
                return f"{'ours' if our_line is None else 'the peer'} ends before line {number}"
            if meaning(our_line) != meaning(peer_line):
                return f"line {number} differs: {shortened(our_line)} / {shortened(peer_line)}"
    return None


def shortened(line):
    return line[:160].decode("utf-8", "replace").strip()
