"""The rows of the benchmark, as rows.toml tells them."""

import dataclasses
import shlex
import tomllib
from typing import Optional

STAGES = ("ps-fetch", "patron-validate", "patron-to-xml", "feed-zip", "feed-push", "notify-mail")


@dataclasses.dataclass
class Contestant:
    """A command that is measured, and what is promised about it."""

    name: str
    command: str
    people: int = 0
    is_ours: bool = False
    is_stage: bool = False
    times_less_cpu: Optional[float] = None
    at_most_cpu: Optional[float] = None
    at_most_wall: Optional[float] = None
    at_most_mb: Optional[float] = None
    bytes_per_identifier: float = 0
    at_most_wall_of: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Growth:
    """A command that is measured at every size."""

    name: str
    command: str
    is_peer: bool = False
    up_to: int = 10**9
    at_most_mb: Optional[float] = None
    bytes_per_identifier: float = 0


@dataclasses.dataclass
class Row:
    """Ours and its peers on the same job; or checks, that have no peers."""

    name: str
    what: str
    people: int
    ours: str = ""
    rejects: float = 0
    compare: str = ""
    discard: bool = False
    instructions: bool = False
    needs: list = dataclasses.field(default_factory=list)
    prepare: list = dataclasses.field(default_factory=list)
    before: str = ""
    environment: dict = dataclasses.field(default_factory=dict)
    rounds: int = 3
    at_most_wall_of_slowest: Optional[float] = None
    faster_than: list = dataclasses.field(default_factory=list)
    peer: list = dataclasses.field(default_factory=list)
    check: list = dataclasses.field(default_factory=list)

    def __post_init__(self):
        self.peer = [Contestant(**values) for values in self.peer]
        self.check = [Contestant(**values) for values in self.check]
        for contestant in self.peer + self.check:
            contestant.people = contestant.people or self.people

    def sizes(self):
        return sorted({contestant.people for contestant in self.peer + self.check} | {self.people})

    def contestants(self, people):
        """Who takes part at this size, ours first."""
        ours = [Contestant(self.name, self.ours, people, is_ours=True)] if self.ours else []
        return ours + [contestant for contestant in self.peer + self.check if contestant.people == people]

    def shrink(self, factor):
        """Makes the row small, for a smoke test."""
        for part in (self, *self.peer, *self.check):
            part.people = max(1, part.people // factor)

    def stages(self):
        """Our executables that the row runs."""
        commands = [self.ours, *self.prepare, *(contestant.command for contestant in self.peer + self.check)]
        return stages_in(commands) | ({self.name} if self.instructions else set())


def stages_in(commands):
    return {word for command in commands for word in shlex.split(command) if word in STAGES}


def read(path):
    """The rows, and what is measured at every size."""
    with open(path, "rb") as file:
        table = tomllib.load(file)
    return [Row(**values) for values in table["row"]], [Growth(**values) for values in table["growth"]]
