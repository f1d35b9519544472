"""People, one a line, to an Alma <users> document on stdout: the standard json, and lxml's xmlfile.

usage: to_xml_lxml.py --today YYYY-MM-DD [FILE]
"""

import argparse
import json
import sys

from lxml import etree

WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
LIBRARY_DEPARTMENTS = {"41000", "41004", "41006", "41014", "10001", "41032", "41034", "26700"}
UNDERGRADUATE_GROUPS = {"UGRD", "SENR"}
ADDRESS_ELEMENTS = (
    ("line1", "ADDRESS1"), ("line2", "ADDRESS2"), ("line3", "ADDRESS3"), ("line4", "ADDRESS4"),
    ("city", "CITY"), ("state_province", "STATE"), ("postal_code", "POSTAL"), ("country", "COUNTRY"),
)


def text(person, key):
    """A value as it is judged and written: trimmed; blank where there is none."""
    value = person.get(key)
    return "" if value is None else str(value).strip(WHITE_SPACE)


def add(parent, name, value, **attributes):
    if value:
        etree.SubElement(parent, name, attributes).text = value


def add_addresses(contact, person):
    places = (("CAMP", "work"), ("HOME", "home"))
    if text(person, "PVPATRONGROUP") in UNDERGRADUATE_GROUPS:
        places = (("DORM", "school"), ("PERM", "home"))
    places = [(prefix, kind) for prefix, kind in places if text(person, f"{prefix}_ADDRESS1")]
    if not places:
        return
    addresses = etree.SubElement(contact, "addresses")
    for number, (prefix, kind) in enumerate(places):
        address = etree.SubElement(addresses, "address", preferred="false" if number else "true", segment_type="External")
        for name, part in ADDRESS_ELEMENTS:
            add(address, name, text(person, f"{prefix}_{part}"))
        add(etree.SubElement(address, "address_types"), "address_type", kind, desc=kind.title())


def add_emails(contact, person):
    for key, kind in (("CAMP_EMAIL", "work"), ("HOME_EMAIL", "personal")):
        if email := text(person, key):
            emails = etree.SubElement(contact, "emails")
            element = etree.SubElement(emails, "email", preferred="true", segment_type="External")
            add(element, "email_address", email)
            add(etree.SubElement(element, "email_types"), "email_type", kind, desc=kind.title())
            return


def add_identifiers(user, person):
    identifiers = etree.Element("user_identifiers")
    for key, kind, description in (("PU_BARCODE", "BARCODE", "Barcode"), ("CAMPUS_ID", "NET_ID", "NetID")):
        if value := text(person, key):
            identifier = etree.SubElement(identifiers, "user_identifier", segment_type="External")
            add(identifier, "value", value)
            add(identifier, "id_type", kind, desc=description)
            add(identifier, "status", "ACTIVE")
    if len(identifiers):
        user.append(identifiers)


def add_statistics(user, person):
    if category := text(person, "PVSTATCATEGORY"):
        statistic = etree.SubElement(etree.SubElement(user, "user_statistics"), "user_statistic", segment_type="External")
        add(statistic, "statistic_category", category, desc=category)


def user_of(person, today):
    user = etree.Element("user")
    eligibility = text(person, "ELIGIBLE_INELIGIBLE")
    expires = text(person, "PATRON_EXPIRATION_DATE")
    if not expires and eligibility != "E" and text(person, "VCURSTATUS") != "RETR":
        expires = today
    add(user, "expiry_date", expires)
    add(user, "purge_date", text(person, "PATRON_PURGE_DATE"))
    add(user, "status", eligibility and ("ACTIVE" if eligibility == "E" else "INACTIVE"))
    add_statistics(user, person)
    add(user, "user_group", "LIB" if text(person, "DEPTID") in LIBRARY_DEPARTMENTS else text(person, "PVPATRONGROUP"))
    add(user, "primary_id", text(person, "EMPLID"))
    add(user, "first_name", text(person, "PRF_OR_PRI_FIRST_NAM"))
    add(user, "last_name", text(person, "PRF_OR_PRI_LAST_NAME"))
    add(user, "middle_name", text(person, "PRF_OR_PRI_MIDDLE_NAME"))
    contact = etree.Element("contact_info")
    add_addresses(contact, person)
    add_emails(contact, person)
    if len(contact):
        user.append(contact)
    add_identifiers(user, person)
    return user


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--today", required=True)
    parser.add_argument("file", nargs="?", default="/dev/stdin")
    options = parser.parse_args()
    with open(options.file, "rb") as people, etree.xmlfile(sys.stdout.buffer, encoding="UTF-8") as document:
        document.write_declaration()
        with document.element("users"):
            document.write("\n")
            for line in people:
                document.write(user_of(json.loads(line), options.today))
                document.write("\n")


main()
