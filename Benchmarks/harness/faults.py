"""People with faults: each way in which patron-validate sets a person aside, or warns."""

import random


class Faults:
    """Spoils people, each in one of the ways that patron-validate knows."""

    # A key and the value it is given, as JSON text.
    REPLACEMENTS = (
        (("ELIGIBLE_INELIGIBLE", '"I"'), ("VCURSTATUS", '"RETR"')),
        (("PRF_OR_PRI_LAST_NAME", "true"),), (("CAMP_EMAIL", '["a@example.edu"]'),), (("PATRON_EXPIRATION_DATE", "{}"),),
        (("PU_BARCODE", "221.5"),), (("DEPTID", "4.1e4"),),
        (("EMPLID", '" "'),), (("EMPLID", "null"),), (("EMPLID", '"\\u00a0\\u3000"'),),
        (("ELIGIBLE_INELIGIBLE", '"E"'), ("PATRON_EXPIRATION_DATE", '" "')),
        (("ELIGIBLE_INELIGIBLE", '"E"'), ("PATRON_EXPIRATION_DATE", "null")),
        (("PATRON_EXPIRATION_DATE", '"2027-02-29"'),), (("PATRON_EXPIRATION_DATE", '"06/30/2027"'),),
        (("PATRON_PURGE_DATE", '"2027-6-1"'),), (("PATRON_PURGE_DATE", '"0000-01-01"'),),
        (("PRF_OR_PRI_FIRST_NAM", '"Jo\\u0001hn"'),), (("PRF_OR_PRI_LAST_NAME", '"Lone \\ud83d half"'),),
        (("PRF_OR_PRI_MIDDLE_NAME", '"\\ufffe"'),), (("PVSTATCATEGORY", '"A\\u0000B"'),),
        (("PRF_OR_PRI_LAST_NAME", f'"{"Ĺ" * 256}"'),), (("CAMPUS_ID", f'"{"n" * 300}"'),),
        (("ELIGIBLE_INELIGIBLE", '"X"'),), (("ELIGIBLE_INELIGIBLE", '"e"'),),
        (("PVPATRONGROUP", '"ZZZZ"'),), (("PVSTATCATEGORY", '"No such category"'),),
        (("PATRON_EXPIRATION_DATE", '"2028-06-30"'), ("PATRON_PURGE_DATE", '"2028-06-29"')),
        (("CAMP_EMAIL", '"nobody at example.edu"'),), (("CAMP_EMAIL", '"@example"'),),
        (("DORM_ADDRESS1", '"12 Elm"'), ("DORM_CITY", '" "'), ("CAMP_ADDRESS1", '"12 Elm"'), ("CAMP_CITY", "null")),
        (("DEPTID", '"23400"'), ("PVPATRONGROUP", '" "')),
        (("PRF_OR_PRI_LAST_NAME", '" "'),),
        # Two faults at once: all reasons are given.
        (("EMPLID", '""'), ("PATRON_PURGE_DATE", '"never"'), ("PRF_OR_PRI_LAST_NAME", '"\\u000b\\u0002"')),
    )

    def __init__(self, seed, percent, people, response):
        self.rng = random.Random(seed + 1)
        self.share = percent / 100
        self.people = people
        self.collisions = (self.repeat_person, self.repeat_netid, self.repeat_barcode, self.repeat_own)
        self.breakages = (self.duplicate_member, self.nest, self.no_object)
        if not response:  # these would break the whole response, not one person
            self.breakages += (self.cut, self.spoil_utf8)
        self.ways = len(self.REPLACEMENTS) + len(self.collisions) + len(self.breakages)

    def strikes(self):
        return self.share > 0 and self.rng.random() < self.share

    def spoil(self, n, members):
        """The person with a fault: its members, and where that is no longer all, what becomes of its text."""
        way = self.rng.randrange(self.ways)
        if way < len(self.REPLACEMENTS):
            return self.replace(members, self.REPLACEMENTS[way]), None
        way -= len(self.REPLACEMENTS)
        if way < len(self.collisions):
            earlier = max(0, n - self.rng.randint(1, 1000))
            return self.replace(members, self.collisions[way](n, earlier)), None
        return members, self.breakages[way - len(self.collisions)]

    def replace(self, members, replacements):
        result = list(members)
        for key, value in replacements:
            start = f'"{key}"'
            result = [f"{start}:{value}" if member.startswith(start) else member for member in result]
        return result

    def repeat_person(self, n, earlier):
        return (("EMPLID", f'"{self.people.identifiers(earlier)[0]}"'),)

    def repeat_netid(self, n, earlier):
        return (("CAMPUS_ID", f'" {self.people.identifiers(earlier)[0]} "'),)

    def repeat_barcode(self, n, earlier):
        return (("PU_BARCODE", str(self.people.identifiers(earlier)[1])),)

    def repeat_own(self, n, earlier):
        return (("EMPLID", f'"ab{n}x"'), ("CAMPUS_ID", f'"AB{n}X"'))

    def duplicate_member(self, text):
        return text.replace("{", '{"EMPLID":"7",', 1)

    def nest(self, text):
        return text.replace("{", '{"HISTORY":' + "[" * 70 + "]" * 70 + ",", 1)

    def no_object(self, text):
        return self.rng.choice(('"nobody"', "42", "null", "[]"))

    def cut(self, text):
        return text[: self.rng.randint(1, len(text) - 2)]

    def spoil_utf8(self, text):
        return text.replace("Y", "\udcff", 1)  # one byte FF
