"""People as a Banner extract in CSV gives them after `mlr --icsv --ojsonl -S`: 31 columns, all of them text.

They are for the profile in examples/profiles/banner, and like the people there.
"""

import json
import random

FIRST = "James Mary Robert Linda David Susan Joseph Karen Thomas Nancy Daniel María Zoë Łukasz Søren".split()
LAST = "Smith Johnson Brown Jones Miller Davis Wilson Anderson Taylor O'Brien Moore García Müller Nguyễn Lee".split()
DEPARTMENTS = ("BIO Biology Department", "CHEM Chemistry", "HIST History", "FREN French", "MATH Mathematics", "LIB Library", "")
STREETS = ("12 Elm St Apt 4", "99 Oak Avenue", "8 Hill Road", "5 Main Street", "Calle Mayor 3", "7 Smith & Sons Way")
CITIES = (("Riverton", "OR", "972011234"), ("Portland", "OR", "97201"), ("Boise", "ID", "83702"), ("Salem", "OR", "97301-0001"))
ABROAD = (("Madrid", "", "28013", "Spain"), ("Lyon", "", "69001", "France"), ("Toronto", "ON", "M5V 2T6", "Canada"))
PHONES = ("({}) {}-{}", "{}.{}.{}", "{}{}{}", "{}-{}-{}")


def people(count, seed):
    """The people as texts of JSON. Person number n is the same whatever the count is."""
    rng = random.Random(seed)
    for n in range(count):
        yield json.dumps(person(n, rng), ensure_ascii=False, separators=(",", ":"))


def person(n, rng):
    code, level, employee = rng.choices(
        (("STU", "UG", ""), ("STU", "GR", ""), ("EMP", "", "FAC"), ("EMP", "", "STF"), ("VIS", "", ""), ("SPOUSE", "", "")),
        (45, 15, 12, 20, 4, 4))[0]
    student = code == "STU"
    first, last = rng.choice(FIRST), rng.choice(LAST)
    netid = f"{first[0]}{last[:5]}{n}".encode("ascii", "ignore").decode()
    mailing = address(rng) if student or rng.random() < 0.3 else ("", "", "", "", "")
    permanent = (*address(rng), rng.choice(("", "United States")))
    if rng.random() < 0.05:
        city, state, postal, nation = rng.choice(ABROAD)
        permanent = (rng.choice(STREETS), "2º B", city, state, postal, nation)
    return {
        "PIDM": str(1001 + n), "BANNER_ID": str(100_000 + n).zfill(rng.choice((6, 9))), "NETID": netid, "LAST_NAME": last,
        "FIRST_NAME": first, "MI": rng.choice(("", "", "J", "M")), "PREF_FIRST_NAME": rng.choice(("", "", "", first, "Sam")),
        "PATRON_CODE": code, "LEVEL": level, "EMPL_CLASS": employee, "ORGN_DESC": rng.choice(DEPARTMENTS),
        **dict(zip(("MA_STREET1", "MA_STREET2", "MA_CITY", "MA_STATE", "MA_ZIP"), mailing)),
        **dict(zip(("PR_STREET1", "PR_STREET2", "PR_CITY", "PR_STATE", "PR_ZIP", "PR_NATION"), permanent)),
        "PHONE": phone(rng) if rng.random() < 0.8 else "", "CELL_PHONE": phone(rng) if rng.random() < 0.7 else "",
        "EMAIL": f"{netid.lower()}@riverton.edu" if rng.random() < 0.97 else "",
        "ALT_EMAIL": f"{first.lower()}{n}@example.com" if rng.random() < 0.4 else "",
        "BIRTH_DATE": date(rng, 1950, 2008) if student or rng.random() < 0.5 else "",
        "TERM_END": f"05/{rng.randint(10, 20)}/2027" if student or code == "VIS" else "",
        "TERMINATION_DATE": date(rng, 2027, 2028) if rng.random() < 0.1 else "",
        "CARD": str(600_000_000 + n) if rng.random() < 0.9 else "NONE", "CONFIDENTIAL": "Y" if rng.random() < 0.03 else "N",
    }


def address(rng):
    return (rng.choice(STREETS), "2º B" if rng.random() < 0.1 else "", *rng.choice(CITIES))


def phone(rng):
    return rng.choice(PHONES).format(503, 555, f"{rng.randrange(10000):04}")


def date(rng, first_year, last_year):
    return f"{rng.randint(1, 12):02}/{rng.randint(1, 28):02}/{rng.randint(first_year, last_year)}"
