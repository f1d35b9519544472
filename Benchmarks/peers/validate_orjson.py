"""The rules of patron-validate over orjson, index included: a stream to a stream.

Two things it does not see, for orjson does not tell: how an integer beyond 64 bits is spelled (it becomes a fraction),
and a key given twice where only one of the two has a space before its colon.

usage: validate_orjson.py [--groups FILE] [--stat-categories FILE] [FILE]
"""

import argparse
import datetime
import json
import re
import sys
import unicodedata

import orjson

WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
FORMAT = "".join(filter(lambda character: unicodedata.category(character) == "Cf", map(chr, range(0x110000))))
BLANK = WHITE_SPACE + FORMAT
INVISIBLE = re.compile(f"[\0-\x1f\x7f-\x9f{FORMAT}]")
LIBRARY_DEPARTMENTS = {"41000", "41004", "41006", "41014", "10001", "41032", "41034", "26700"}
UNDERGRADUATE_GROUPS = {"UGRD", "SENR"}
ADDRESS_PARTS = ("ADDRESS1", "ADDRESS2", "ADDRESS3", "ADDRESS4", "CITY", "STATE", "POSTAL", "COUNTRY")
IDENTIFIERS = ("EMPLID", "PU_BARCODE", "CAMPUS_ID")
# In the order of the mapping, up to the addresses; and what follows them.
KEYS_BEFORE = (
    "PATRON_EXPIRATION_DATE", "VCURSTATUS", "PATRON_PURGE_DATE", "ELIGIBLE_INELIGIBLE", "PVSTATCATEGORY", "DEPTID",
    "PVPATRONGROUP", "EMPLID", "PRF_OR_PRI_FIRST_NAM", "PRF_OR_PRI_LAST_NAME", "PRF_OR_PRI_MIDDLE_NAME",
)
KEYS_AFTER = ("PU_BARCODE", "CAMPUS_ID")
ADDRESS_KEYS = {prefix: tuple(f"{prefix}_{part}" for part in ADDRESS_PARTS) for prefix in ("CAMP", "HOME", "DORM", "PERM")}
MAPPED_KEYS = {*KEYS_BEFORE, *KEYS_AFTER, "CAMP_EMAIL", "HOME_EMAIL", *(key for keys in ADDRESS_KEYS.values() for key in keys)}
UNLIMITED = {keys[0] for keys in ADDRESS_KEYS.values()}
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
NO_EMAIL = "@()<>\\[\\],:;\0-\x20\x7f-\x9f" + BLANK
EMAIL = re.compile(f"[^{NO_EMAIL}]+@[^.{NO_EMAIL}]+(\\.[^.{NO_EMAIL}]+)+\\Z")
STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')


class Malformed(Exception):
    pass


def pairs_once(pairs):
    """An object's members; a key that the mapping reads may be there once only."""
    members = dict(pairs)
    if len(members) < len(pairs):
        keys = [key for key, _ in pairs]
        if any(keys.count(key) > 1 for key in MAPPED_KEYS):
            raise Malformed("a field is given twice")
    return members


def depth(line):
    deepest = level = 0
    for byte in STRING.sub(b"", line):
        level += (byte in b"[{") - (byte in b"]}")
        deepest = max(deepest, level)
    return deepest


def refuse_constant(name):
    raise Malformed(f"{name} is no JSON")


def parse_slowly(line):
    """What orjson does not tell: keys given twice, and strings with half a surrogate pair."""
    try:
        person = json.loads(line.decode("utf-8"), object_pairs_hook=pairs_once, parse_constant=refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Malformed(str(error)) from None
    if not isinstance(person, dict):
        raise Malformed("not an object")
    return person


def parse(line):
    if len(line) > 1 << 20:
        raise Malformed("longer than 1 MiB")
    if (b"[" in line or line.find(b"{", 1) > 0) and depth(line) > 64:
        raise Malformed("nested deeper than 64")
    try:
        person = orjson.loads(line)
    except orjson.JSONDecodeError:
        return parse_slowly(line)
    if not isinstance(person, dict):
        raise Malformed("not an object")
    if line.count(b'":') != len(person):
        pairs_once(PAIRS.decode(line.decode()))  # a key may be there twice
    return person


PAIRS = json.JSONDecoder(object_pairs_hook=lambda pairs: pairs)


def is_date(text):
    if not DATE.match(text):
        return False
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def fold(text):
    """Simple case folding: one character for one."""
    if text.isascii():
        return text.lower()
    folded = []
    for character in text:
        one = character.casefold()
        one = one if len(one) == 1 else character.lower()
        folded.append(one if len(one) == 1 else character)
    return "".join(folded)


def is_nil(value):
    """Null, as WSO2 writes it."""
    return isinstance(value, dict) and len(value) == 1 and value.get("@nil") in ("true", True)


def is_blank(value):
    return value is None or value == " " or isinstance(value, str) and not value.strip(BLANK) or is_nil(value)


class Values(dict):
    """The values that the mapping reads for a person, trimmed, in its order; and the keys of wrong type."""

    def __init__(self, person):
        super().__init__()
        self.wrong = []
        group = person.get("PVPATRONGROUP")
        undergraduate = isinstance(group, str) and group.strip(WHITE_SPACE) in UNDERGRADUATE_GROUPS
        self.prefixes = ("DORM", "PERM") if undergraduate else ("CAMP", "HOME")
        for key in self.keys_read(person):
            value = person.get(key)
            kind = type(value)
            if kind is str:
                value = value.strip(WHITE_SPACE)
                self[key] = value if value.isascii() or value.strip(BLANK) else ""
            elif value is None or is_nil(value):
                self[key] = ""
            elif kind is int:
                self[key] = str(value)
            else:
                self[key] = ""
                self.wrong.append(key)

    def keys_read(self, person):
        keys = KEYS_BEFORE
        for prefix in self.prefixes:
            address = ADDRESS_KEYS[prefix]
            keys += address[:1] if is_blank(person.get(address[0])) else address
        keys += ("CAMP_EMAIL", "HOME_EMAIL") if is_blank(person.get("CAMP_EMAIL")) else ("CAMP_EMAIL",)
        return keys + KEYS_AFTER


class Validator:
    def __init__(self, groups, categories):
        self.groups = groups
        self.categories = categories
        self.index = {}  # identifier, folded → the line and the EMPLID of its person

    def judge(self, values, number):
        """The verdict, None for a person without blemish, and its reasons."""
        if values["ELIGIBLE_INELIGIBLE"] != "E" and values["VCURSTATUS"] == "RETR":
            return "excluded", [("ineligible_retiree", "VCURSTATUS", "retirees keep their privileges")]
        identifiers = [(key, fold(values[key])) for key in IDENTIFIERS if values[key]]
        reasons = self.refusals(values, identifiers)
        if reasons:
            return "rejected", reasons
        for _, identifier in identifiers:
            self.index[identifier] = (number, values["EMPLID"])
        warnings = self.warnings(values)
        return ("warned", warnings) if warnings else (None, [])

    def refusals(self, values, identifiers):
        reasons = [("wrong_type", key, "text is meant") for key in values.wrong]
        wrong, expires = values.wrong, values["PATRON_EXPIRATION_DATE"]
        if not values["EMPLID"] and "EMPLID" not in wrong:
            reasons.append(("missing_identifier", "EMPLID", "no EMPLID"))
        if values["ELIGIBLE_INELIGIBLE"] == "E" and not expires and "PATRON_EXPIRATION_DATE" not in wrong:
            reasons.append(("no_expiration_date", "PATRON_EXPIRATION_DATE", "no expiration date"))
        for key in ("PATRON_EXPIRATION_DATE", "PATRON_PURGE_DATE"):
            if values[key] and not is_date(values[key]):
                reasons.append(("invalid_date", key, f"{values[key]} is no day"))
        if ILLEGAL.search("".join(values.values())) or INVISIBLE.search("".join(map(values.get, IDENTIFIERS))):
            for key, value in values.items():
                if ILLEGAL.search(value):
                    reasons.append(("illegal_character", key, "a character that XML forbids"))
                elif key in IDENTIFIERS and INVISIBLE.search(value):
                    reasons.append(("illegal_character", key, "an invisible character in an identifier"))
        if max(map(len, values.values())) > 255:
            for key, value in values.items():
                if len(value) > 255 and key not in UNLIMITED:
                    reasons.append(("too_long", key, f"{len(value)} characters, 255 are allowed"))
        if values["ELIGIBLE_INELIGIBLE"] not in ("", "E", "I"):
            reasons.append(("invalid_status", "ELIGIBLE_INELIGIBLE", "neither E nor I"))
        reasons += self.collisions(values, identifiers)
        return reasons + self.unknown_codes(values)

    def collisions(self, values, identifiers):
        repeated, duplicates, own = [], [], set()
        person = fold(values["EMPLID"])
        for key, identifier in identifiers:
            line, owner = self.index.get(identifier, (0, ""))
            if line and fold(owner) != person:
                duplicates.append(("duplicate_identifier", key, f"is also that of EMPLID {owner}, line {line}", line, owner))
            elif line and key == "EMPLID":
                repeated.append(("repeated_person", key, f"is also in line {line}", line, owner))
            elif identifier in own:
                duplicates.append(("duplicate_identifier", key, "is another identifier of this person too"))
            own.add(identifier)
        return repeated + duplicates

    def unknown_codes(self, values):
        reasons = []
        in_library = values["DEPTID"] in LIBRARY_DEPARTMENTS
        group = "LIB" if in_library else values["PVPATRONGROUP"]
        if self.groups is not None and group and group not in self.groups:
            reasons.append(("unknown_group", "DEPTID" if in_library else "PVPATRONGROUP", f"Alma has no group {group}"))
        category = values["PVSTATCATEGORY"]
        if self.categories is not None and category and category not in self.categories:
            reasons.append(("unknown_stat_category", "PVSTATCATEGORY", f"Alma has no category {category}"))
        return reasons

    def warnings(self, values):
        reasons = []
        expires, purge = values["PATRON_EXPIRATION_DATE"], values["PATRON_PURGE_DATE"]
        if expires and purge and purge < expires:
            reasons.append(("purge_before_expiry", "PATRON_PURGE_DATE", f"{purge} is before {expires}"))
        key = "CAMP_EMAIL" if values["CAMP_EMAIL"] else "HOME_EMAIL"
        if values[key] and not EMAIL.match(values[key]):
            reasons.append(("invalid_email", key, f"{values[key]} is no e-mail address"))
        for prefix in values.prefixes:
            if values[f"{prefix}_ADDRESS1"] and not values[f"{prefix}_CITY"]:
                reasons.append(("incomplete_address", f"{prefix}_CITY", "an address without city"))
        if not values["PVPATRONGROUP"] and values["DEPTID"] not in LIBRARY_DEPARTMENTS:
            reasons.append(("missing_group", "PVPATRONGROUP", "no user group"))
        if not values["PRF_OR_PRI_LAST_NAME"]:
            reasons.append(("missing_name", "PRF_OR_PRI_LAST_NAME", "no last name"))
        return reasons


def reject(verdict, number, values, reasons, record):
    fields = {"kind": "reject", "verdict": verdict, "line": number}
    for name, key in (("emplid", "EMPLID"), ("campus_id", "CAMPUS_ID")):
        if values and values[key]:
            fields[name] = values[key]
    fields["reasons"] = [
        {"code": code} | ({"field": field} if field else {}) | {"message": message}
        | (dict(zip(("other_line", "other_emplid"), other)) if other else {})
        for code, field, message, *other in reasons
    ]
    return orjson.dumps(fields | {"record": record}) + b"\n"


def lines_of(path):
    """The lines without their ends, numbered from 1; blank ones are left out."""
    with open(path, "rb", buffering=1 << 18) as stream:
        for number, line in enumerate(stream, 1):
            line = line.removesuffix(b"\n")
            if line.strip():
                yield number, line


def validate(path, validator, output):
    counts = dict.fromkeys(("people", "accepted", "rejected", "excluded", "warned"), 0)
    complete = False
    for number, line in lines_of(path):
        try:
            person = parse(line)
            if "kind" in person:
                complete = person["kind"] == "summary" and person.get("complete") is True
                output.write(line + b"\n")
                continue
            values = Values(person)
            verdict, reasons = validator.judge(values, number)
        except Malformed as problem:
            values, verdict, reasons = None, "rejected", [("malformed_json", "", str(problem))]
        complete = False
        counts["people"] += 1
        if verdict in (None, "warned"):
            counts["accepted"] += 1
            output.write(line + b"\n")
        if verdict:
            counts[verdict] += 1
            record = orjson.Fragment(line) if values else line[:1000].decode("utf-8", "replace")
            output.write(reject(verdict, number, values, reasons, record))
    summary = {"kind": "summary", "stage": "patron-validate", "complete": complete, **counts, "seconds": 0}
    output.write(orjson.dumps(summary) + b"\n")


def codes(path):
    if path is None:
        return None
    with open(path, encoding="utf-8") as lines:
        return {line.strip() for line in lines}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--groups")
    parser.add_argument("--stat-categories")
    parser.add_argument("file", nargs="?", default="/dev/stdin")
    options = parser.parse_args()
    with open(sys.stdout.fileno(), "wb", buffering=1 << 18) as output:
        validate(options.file, Validator(codes(options.groups), codes(options.stat_categories)), output)


main()
