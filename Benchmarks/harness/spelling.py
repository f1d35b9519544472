"""How people are put into JSON text."""

import json


class Spelling:
    """How members and people are put into text."""

    def __init__(self, rng, spaced, response):
        self.rng = rng
        self.spaced = spaced
        self.comma = ("\n\t,  " if response else " ,\t ") if spaced else ","
        self.brackets = ("{ ", "\t}") if spaced else ("{", "}")

    def member(self, key, value):
        colon = self.rng.choice((" : ", ":\t", ": ", ":")) if self.spaced else ":"
        return f'"{key}"{colon}{self.value(value)}'

    def value(self, value):
        if value is None or isinstance(value, (bool, int, float, list, dict)):
            return json.dumps(value)
        text = json.dumps(value, ensure_ascii=self.rng.random() < 0.25)
        return text.replace("/", "\\/") if self.rng.random() < 0.5 else text

    def person(self, members):
        return self.brackets[0] + self.comma.join(members) + self.brackets[1]


class Part:
    """Some members of a person, ready-made: as a list, and as text."""

    def __init__(self, spelling, values):
        self.members = [spelling.member(key, value) for key, value in values]
        self.text = spelling.comma.join(self.members)
