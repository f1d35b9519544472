"""People as a PeopleSoft bridge would give them: 73 members each, of which the mapping reads 47.

Speed comes from pools: most of a person is a choice among a few thousand ready-made parts.
"""

import random

from harness.spelling import Part

MAPPED_PARTS = ("ADDRESS1", "ADDRESS2", "ADDRESS3", "ADDRESS4", "CITY", "STATE", "POSTAL", "COUNTRY")
LIBRARY_DEPARTMENTS = ("41000", "41004", "41006", "41014", "10001", "41032", "41034", "26700")
YESTERDAY = "2026-11-21"
POOL = 4096  # a power of two: an index is some bits of one random number

FIRST = "James Mary Robert Patricia Michael Linda David Barbara Susan Joseph Karen Thomas Nancy Daniel Lisa Anne".split()
LAST = "Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor O'Brien Moore Jackson van-Dyke Lee".split()
# 12 % of the names are not ASCII: a share for each of these scripts.
SCRIPTS = (
    ("Zoë José Chloé Jürgen Łukasz Søren Çağla Ñusta", "Müller García Żółć Ångström Sørensen Šimůnek Lefèvre Ñáñez"),
    ("Γιώργος Ελένη Νίκος Άννα", "Παπαδόπουλος Γεωργίου Οικονόμου Ιωάννου"),
    ("Иван Ольга Дмитрий Юлия", "Иванов Щербакова Кузнецов Рождественская"),
    ("דוד רחל יוסף נועה", "כהן לוי מזרחי פרידמן"),
    ("محمد فاطمة أحمد ليلى", "الحسن الخطيب حداد المصري"),
    ("अमित प्रिया राहुल नेहा", "शर्मा गुप्ता सिंह देशपांडे"),
    ("明 美咲 伟 秀英", "王 李 髙橋 𠮷田 𡈽屋"),
    ("지훈 서연 민준 하은", "김 이 박 최"),
    ("สมชาย มาลี", "แสงทอง ศรีสุข"),
)
STREETS = (
    "1286 Nassau Street", "4 Elm Drive #B", "77 Witherspoon Street", "9 Rue de l'Église", "Apt 3/4, 18 Oak Ave", "Smith & Sons Hall",
    'The "Old" Mill', "c/o J. <Jo> Doe", "Straße des 17. Juni 135", "東京都千代田区1-1", "PO Box 1121", "Building 5\nWing C",
)
SECOND_LINES = (
    "Department of Molecular Biology, Room 214", "Suite 5\\B, second building on the left", "Floor 2 & 3, Mathematics Library",
    "Attn: Main Desk, Interlibrary Services", "Mailbox 88\tLobby of the Frick Laboratory", "☕ entrance 🚪 behind the coffee shop",
)
CITIES = (
    ("Princeton", "NJ", "08540", "USA"), ("Trenton", "NJ", "08608", "USA"), ("New York", "NY", "10027", "USA"),
    ("Montréal", "QC", "H3A 0G4", "CAN"), ("Zürich", " ", "8001", "CHE"), ("København", " ", "1050", "DNK"),
    ("São Paulo", "SP", "01310-100", "BRA"), ("Αθήνα", " ", "105 57", "GRC"), ("Boston", "MA", "02139", "USA"),
)
STAT_CATEGORIES = ("UG 2027", "UG 2028", "GR Physics", "R&D staff", "Faculty", "Emeriti", 'Visiting "A"', "<none>", "Staff\tday")
# Values are judged and written trimmed; white space is Unicode's.
PADDING = (" ", "  ", "\u00a0", "\u2003", "\u3000", "\t", "\u0085", "\u2028")



def pool(spelling, make):
    return [Part(spelling, make()) for _ in range(POOL)]


class People:
    """Endless people, each as its members."""

    def __init__(self, seed, spelling):
        self.rng = rng = random.Random(seed)
        self.spelling = spelling
        self.offset = rng.randrange(900_000_000)
        self.names = pool(spelling, self.name)
        self.students = pool(spelling, self.student)
        self.staff = pool(spelling, self.employee)
        self.addresses = {
            prefix: pool(spelling, lambda p=prefix: self.address(p)) for prefix in ("CAMP", "HOME", "DORM", "PERM")
        }
        self.no_address = {
            prefix: pool(spelling, lambda p=prefix: self.blank_address(p)) for prefix in ("CAMP", "HOME", "DORM", "PERM")
        }
        self.home_emails = pool(spelling, self.home_email)
        self.endings = pool(spelling, self.ending)
        self.initials = [a + b for a in "abcdefghjklmnprstw" for b in "abcdefghjkmnprst"][:256]

    def blank(self):
        return self.rng.choice((" ", " ", " ", None, "", "  "))

    def sometimes(self, share, value):
        return value if self.rng.random() < share else self.blank()

    def padded(self, value):
        return value if self.rng.random() > 0.01 else self.rng.choice(PADDING) + value + self.rng.choice(PADDING)

    def date(self, first_year, last_year):
        return f"{self.rng.randint(first_year, last_year):04}-{self.rng.randint(1, 12):02}-{self.rng.randint(1, 28):02}"

    def name(self):
        rng = self.rng
        firsts, lasts = FIRST, LAST
        if rng.random() < 0.12:
            firsts, lasts = (words.split() for words in rng.choice(SCRIPTS))
        first, last = rng.choice(firsts), rng.choice(lasts)
        if rng.random() < 0.03:
            first = f'{first} "{rng.choice(FIRST)}"'
        return [
            ("NAME_PREFIX", self.sometimes(0.2, "Dr")),
            ("PRF_OR_PRI_FIRST_NAM", self.padded(first) if rng.random() < 0.99 else self.blank()),
            ("PRF_OR_PRI_LAST_NAME", self.padded(last)),
            ("PRF_OR_PRI_MIDDLE_NAME", self.sometimes(0.5, rng.choice(("A", "B.", "Lee", rng.choice(firsts))))),
            ("NAME_SUFFIX", self.sometimes(0.05, "Jr")),
            ("NAME_DISPLAY", f"{last},{first}"),
            ("BIRTHDATE", self.date(1940, 2008)),
            ("PRONOUN", self.sometimes(0.3, rng.choice(("she/her", "he/him", "they/them")))),
        ]

    def status(self):
        """Mostly eligible; a purge date never lies before the expiration date."""
        eligible = self.rng.choices(("E", "I", " "), (91, 8, 1))[0]
        expires = self.date(2027, 2029) if eligible == "E" or self.rng.random() < 0.5 else self.blank()
        return eligible, expires, self.sometimes(0.7, self.date(2030, 2034))

    def role(self, current, department, group, category, job, study):
        eligible, expires, purge = self.status()
        return [
            ("ELIGIBLE_INELIGIBLE", eligible),
            ("VCURSTATUS", current),
            ("VSTATUS_DESCR", current.title()),
            ("DEPTID", int(department) if self.rng.random() < 0.12 else department),
            ("DEPT_DESCR", self.rng.choice(("University Library/Main", "Physics Department", "Facilities", "Art & Archaeology"))),
            ("JOBCODE", job and self.rng.randint(1000, 9999) or " "),
            ("JOBTITLE", job),
            ("EMPL_CLASS", self.rng.choice((" ", "R", "T"))),
            ("FULL_PART_TIME", self.rng.choice("FP")),
            ("HIRE_DT", self.date(1980, 2026)),
            ("TERMINATION_DT", self.sometimes(0.05, self.date(2026, 2028))),
            ("ACAD_CAREER", study),
            ("ACAD_PROG", study),
            ("ACAD_PLAN", self.sometimes(0.3, "PHY-BA")),
            ("ACAD_LEVEL", self.sometimes(0.3, "30")),
            ("EXP_GRAD_TERM", self.sometimes(0.3, 1274)),
            ("STRM", 1272),
            ("PVPATRONGROUP", group),
            ("PVSTATCATEGORY", category),
            ("PATRON_EXPIRATION_DATE", expires),
            ("PATRON_PURGE_DATE", purge),
        ]

    def student(self):
        group = self.rng.choices(("UGRD", "SENR", "GRAD"), (60, 15, 25))[0]
        category = self.sometimes(0.9, self.padded(self.rng.choice(STAT_CATEGORIES)))
        return self.role("STUD", self.rng.choice(("23400", "25100", "20900")), group, category, " ", group)

    def employee(self):
        rng = self.rng
        kind = rng.choices(("staff", "library", "retiree"), (80, 12, 8))[0]
        department = rng.choice(LIBRARY_DEPARTMENTS) if kind == "library" else rng.choice(("23400", "30300", "41001"))
        current = "RETR" if kind == "retiree" else rng.choice(("EMPL", "FACL"))
        category = self.sometimes(0.6, rng.choice(STAT_CATEGORIES))
        return self.role(current, department, rng.choice(("P", "STAF", "REG")), category, "Senior Analyst/II", " ")

    def address(self, prefix):
        rng = self.rng
        city, state, postal, country = rng.choice(CITIES)
        if postal.isdigit() and postal[0] != "0" and rng.random() < 0.5:
            postal = int(postal)
        values = (
            self.padded(rng.choice(STREETS)), self.sometimes(0.9, rng.choice(SECOND_LINES)),
            self.sometimes(0.35, "Delivered by campus mail"), self.sometimes(0.03, "Hold\r\nfor pick-up"),
            city, state, postal, country,
        )
        return [(f"{prefix}_{part}", value) for part, value in zip(MAPPED_PARTS, values)]

    def blank_address(self, prefix):
        """Line 1 blank means no address, whatever stands in the rest."""
        country = self.sometimes(0.2, "USA")
        return [(f"{prefix}_{part}", country if part == "COUNTRY" else self.blank()) for part in MAPPED_PARTS]

    def home_email(self):
        address = f"{self.rng.choice(FIRST)}.{self.rng.randrange(10000)}@mail.example.org"
        return [("HOME_EMAIL", self.sometimes(0.7, self.padded(address)))]

    def ending(self):
        phone = f"{self.rng.randint(200, 999)}/555-{self.rng.randrange(10000):04}"
        return [
            ("CAMP_PHONE", self.sometimes(0.5, phone)),
            ("HOME_PHONE", self.sometimes(0.4, phone)),
            ("CELL_PHONE", self.sometimes(0.6, phone)),
            ("FERPA", self.rng.choice("YN")),
            ("LASTUPDDTTM", f"{YESTERDAY}T{self.rng.randrange(24):02}:{self.rng.randrange(60):02}:00-05:00"),
            ("EFFDT", self.date(2020, 2026)),
        ]

    def identifiers(self, n):
        """EMPLID and barcode: two walks through all numbers of nine digits, so no two people share one."""
        return (
            100_000_000 + (n * 123_456_791 + self.offset) % 900_000_000,
            22_101_100_000_000 + (n * 716_151_937 + self.offset) % 900_000_000,
        )

    def parts(self, n):
        """The parts of person n: texts that are made for it, and ready-made ones."""
        bits = self.rng.getrandbits(96)
        emplid, barcode = self.identifiers(n)
        netid = f"{self.initials[bits & 255]}{n}"
        quote = '"' if bits & 0x1F00 else ""  # now and then the bridge turns digits into numbers
        code = '"' if bits & 0x1E000 else ""
        photo = '" "' if bits & 0x20000 else '"Y"'
        mapped = (f"{quote}{emplid}{quote}", f'"{netid}"', f"{code}{barcode}{code}" if bits & 0x1C0000 else "null", photo)
        student = bits >> 21 & 1
        home, other = ("PERM", "HOME") if student else ("HOME", "DORM")
        campus, fourth = ("DORM", "CAMP") if student else ("CAMP", "PERM")
        chosen = {
            campus: (self.addresses if bits >> 22 & 7 else self.no_address)[campus][bits >> 25 & 4095],
            home: (self.addresses if bits >> 22 & 15 else self.no_address)[home][bits >> 37 & 4095],
            other: (self.addresses if bits >> 26 & 3 else self.no_address)[other][bits >> 49 & 4095],
            fourth: (self.addresses if bits >> 28 & 3 else self.no_address)[fourth][bits >> 30 & 4095],
        }
        return mapped, (
            self.names[bits >> 61 & 4095],
            (self.students if student else self.staff)[bits >> 73 & 4095],
            chosen["CAMP"], chosen["HOME"], chosen["DORM"], chosen["PERM"],
        ), (
            f'"{netid}@example.edu"' if bits >> 85 & 7 else '" "'
        ), (self.home_emails[bits >> 40 & 4095], self.endings[bits >> 52 & 4095])

    def members(self, n):
        identifiers, before, email, after = self.parts(n)
        spelled = zip(("EMPLID", "CAMPUS_ID", "PU_BARCODE", "PHOTO_ID"), identifiers)
        result = [f'"{key}":{value}' for key, value in spelled]
        for part in before:
            result += part.members
        result.append(f'"CAMP_EMAIL":{email}')
        for part in after:
            result += part.members
        return result

    def text(self, n):
        """What `spelling.person(members(n))` gives, the quick way."""
        (emplid, netid, barcode, photo), before, email, after = self.parts(n)
        comma, (opening, closing) = self.spelling.comma, self.spelling.brackets
        a, b, c, d, e, f = before
        return (
            f'{opening}"EMPLID":{emplid}{comma}"CAMPUS_ID":{netid}{comma}"PU_BARCODE":{barcode}{comma}"PHOTO_ID":{photo}{comma}'
            f"{a.text}{comma}{b.text}{comma}{c.text}{comma}{d.text}{comma}{e.text}{comma}{f.text}{comma}"
            f'"CAMP_EMAIL":{email}{comma}{after[0].text}{comma}{after[1].text}{closing}'
        )
