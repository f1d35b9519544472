"""Ours and its peers on the same job, in turn, several rounds."""

import collections

from harness import comparing, materials, promises
from harness.measuring import median
from harness.promises import Verdict

VARIANTS = ("usual", "shuffled", "spaced", "one-field")
# The number of people for which outputs are compared before anything is measured, and the percentage of them with faults.
SAMPLE, FAULTS = 2_000, 30


class Race:
    """One row of the table, being run."""

    def __init__(self, row, runner, files, scratch, zip_megabytes):
        self.row = row
        self.runner = runner
        self.files = files
        self.scratch = scratch
        self.zip_megabytes = zip_megabytes
        self.verdicts = []
        self.refused = set()

    def run(self):
        """The medians: of each size, those of each contestant that did the same job as ours."""
        if self.row.compare:
            self.compare_variants()
        results = {people: self.run_size(people) for people in self.row.sizes()}
        self.verdicts += promises.judge(self.row, results)
        return results

    def words(self, people, variant, rejects):
        others = {"scratch": self.scratch, "peers": self.files.peers}
        return materials.Words(self.files, people, variant, rejects, others)

    def output(self, contestant):
        return f"{self.scratch}/{'ours' if contestant.is_ours else contestant.name.replace(' ', '-').replace('/', '-')}.out"

    def compare_variants(self):
        """Compares outputs for people of every variant. A peer whose output differs is not measured."""
        contestants = [contestant for people in self.row.sizes() for contestant in self.row.contestants(people)]
        for variant in VARIANTS:
            words = self.words(SAMPLE, variant, FAULTS if self.row.rejects else 0)
            for contestant in contestants:
                self.runner.prepare(words.fill(contestant.command, out=self.output(contestant)))
            self.compare(contestants, f"{variant} people")

    def compare(self, contestants, what):
        ours = next(contestant for contestant in contestants if contestant.is_ours)
        for peer in contestants:
            if peer.is_ours or peer.name in self.refused:
                continue
            problem = comparing.difference(self.row.compare, self.output(ours), self.output(peer))
            if problem:
                self.refused.add(peer.name)
                self.verdicts.append(Verdict(self.row.name, f"the same output as {peer.name}, {what}", problem, None))

    def run_size(self, people):
        contestants = self.row.contestants(people)
        words = self.words(people, "usual", self.row.rejects)
        with materials.needed(self.row, self.scratch, words, self.zip_megabytes) as given:
            words.update(given)
            environment = {name: words.fill(value) for name, value in self.row.environment.items()}
            for command in self.row.prepare if people == self.row.people else []:
                self.runner.prepare(words.fill(command), environment)
            if self.row.compare and self.row.discard:
                self.run_round(contestants, words, environment, discard=False)
                self.compare(contestants, f"{people:,} people")
            costs = collections.defaultdict(list)
            for number in range(self.row.rounds):
                for contestant, cost in self.run_round(contestants, words, environment, self.row.discard):
                    costs[contestant.name, contestant.is_ours].append(cost)
                if self.row.compare and number == 0 and not self.row.discard:
                    self.compare(contestants, f"{people:,} people")
        return [
            (contestant, median(costs[contestant.name, contestant.is_ours]))
            for contestant in contestants
            if contestant.name not in self.refused
        ]

    def run_round(self, contestants, words, environment, discard):
        costs = []
        for contestant in contestants:
            if contestant.name in self.refused:
                continue
            output = "/dev/null" if discard else self.output(contestant)
            if self.row.before:
                self.runner.prepare(words.fill(self.row.before))
            costs.append((contestant, self.runner.run(words.fill(contestant.command, out=output), environment)))
        return costs
