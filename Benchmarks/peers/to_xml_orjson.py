"""People, one a line, to an Alma <users> document on stdout: orjson, and f-strings.

usage: to_xml_orjson.py --today YYYY-MM-DD [FILE]
"""

import argparse
import sys

import orjson

WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
LIBRARY_DEPARTMENTS = {"41000", "41004", "41006", "41014", "10001", "41032", "41034", "26700"}
UNDERGRADUATE_GROUPS = {"UGRD", "SENR"}
ADDRESS_ELEMENTS = (
    ("line1", "ADDRESS1"), ("line2", "ADDRESS2"), ("line3", "ADDRESS3"), ("line4", "ADDRESS4"),
    ("city", "CITY"), ("state_province", "STATE"), ("postal_code", "POSTAL"), ("country", "COUNTRY"),
)


def place(prefix, kind):
    """Where an address comes from: the key of its first line, the elements and their keys, and its type."""
    return f"{prefix}_ADDRESS1", [(name, f"{prefix}_{part}") for name, part in ADDRESS_ELEMENTS], kind


UNDERGRADUATE_PLACES = (place("DORM", "school"), place("PERM", "home"))
OTHER_PLACES = (place("CAMP", "work"), place("HOME", "home"))


def text(person, key):
    """A value as it is judged and written: trimmed; blank where there is none."""
    value = person.get(key)
    if value is None or value == " ":
        return ""
    return (value if type(value) is str else str(value)).strip(WHITE_SPACE)


def escape(value):
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;").replace("\r", "&#13;")


def escape_attribute(value):
    return escape(value).replace("\t", "&#9;").replace("\n", "&#10;")


def element(name, value):
    return f"<{name}>{escape(value)}</{name}>" if value else ""


def address(person, elements, kind, preferred):
    lines = ""
    for name, key in elements:
        if value := text(person, key):
            lines += f"<{name}>{escape(value)}</{name}>"
    return (
        f'<address preferred="{"true" if preferred else "false"}" segment_type="External">{lines}'
        f'<address_types><address_type desc="{kind.title()}">{kind}</address_type></address_types></address>'
    )


def addresses(person):
    undergraduate = text(person, "PVPATRONGROUP") in UNDERGRADUATE_GROUPS
    written = ""
    for line1, elements, kind in UNDERGRADUATE_PLACES if undergraduate else OTHER_PLACES:
        if text(person, line1):
            written += address(person, elements, kind, preferred=not written)
    return f"<addresses>{written}</addresses>" if written else ""


def emails(person):
    for key, kind in (("CAMP_EMAIL", "work"), ("HOME_EMAIL", "personal")):
        if email := text(person, key):
            return (
                f'<emails><email preferred="true" segment_type="External"><email_address>{escape(email)}</email_address>'
                f'<email_types><email_type desc="{kind.title()}">{kind}</email_type></email_types></email></emails>'
            )
    return ""


def identifiers(person):
    written = ""
    for key, kind, description in (("PU_BARCODE", "BARCODE", "Barcode"), ("CAMPUS_ID", "NET_ID", "NetID")):
        if value := text(person, key):
            written += (
                f'<user_identifier segment_type="External"><value>{escape(value)}</value>'
                f'<id_type desc="{description}">{kind}</id_type><status>ACTIVE</status></user_identifier>'
            )
    return f"<user_identifiers>{written}</user_identifiers>" if written else ""


def statistics(person):
    category = text(person, "PVSTATCATEGORY")
    if not category:
        return ""
    return (
        f'<user_statistics><user_statistic segment_type="External"><statistic_category desc="{escape_attribute(category)}">'
        f"{escape(category)}</statistic_category></user_statistic></user_statistics>"
    )


def user(person, today):
    eligibility = text(person, "ELIGIBLE_INELIGIBLE")
    expires = text(person, "PATRON_EXPIRATION_DATE")
    if not expires and eligibility != "E" and text(person, "VCURSTATUS") != "RETR":
        expires = today
    group = "LIB" if text(person, "DEPTID") in LIBRARY_DEPARTMENTS else text(person, "PVPATRONGROUP")
    contact = addresses(person) + emails(person)
    return (
        "<user>"
        + element("expiry_date", expires)
        + element("purge_date", text(person, "PATRON_PURGE_DATE"))
        + element("status", eligibility and ("ACTIVE" if eligibility == "E" else "INACTIVE"))
        + statistics(person)
        + element("user_group", group)
        + element("primary_id", text(person, "EMPLID"))
        + element("first_name", text(person, "PRF_OR_PRI_FIRST_NAM"))
        + element("last_name", text(person, "PRF_OR_PRI_LAST_NAME"))
        + element("middle_name", text(person, "PRF_OR_PRI_MIDDLE_NAME"))
        + (f"<contact_info>{contact}</contact_info>" if contact else "")
        + identifiers(person)
        + "</user>\n"
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--today", required=True)
    parser.add_argument("file", nargs="?", default="/dev/stdin")
    options = parser.parse_args()
    output = open(sys.stdout.fileno(), "w", encoding="utf-8", newline="\n", buffering=1 << 18)
    with open(options.file, "rb", buffering=1 << 18) as people, output:
        output.write('<?xml version="1.0" encoding="UTF-8"?>\n<users>\n')
        for line in people:
            output.write(user(orjson.loads(line), options.today))
        output.write("</users>\n")


main()
