"""The promises of a row, and whether they hold."""

import dataclasses
import os
from typing import Optional

from harness import table


@dataclasses.dataclass
class Verdict:
    """A promise beside what was measured; `holds` is None where that could not be, or not be compared."""

    row: str
    promise: str
    measured: str
    holds: Optional[bool]


def judge(row, results):
    """The verdicts on a row; `results` are (contestant, cost) of each size."""
    verdicts = []
    for contestants in results.values():
        ours = next((cost for contestant, cost in contestants if contestant.is_ours), None)
        for contestant, cost in contestants:
            if ours is not None and not contestant.is_ours:
                verdicts += beside_peer(row, contestant, ours, cost)
            verdicts += alone(row.name, contestant, cost, contestant.people)
            verdicts += beside_checks(row, contestant, cost, contestants)
        stages = [(cost.wall, contestant.name) for contestant, cost in contestants if contestant.is_stage]
        if stages and row.at_most_wall_of_slowest is not None:
            wall, name = max(stages)
            promise = f"at most {row.at_most_wall_of_slowest:g}× the wall time of its slowest stage"
            ratio = ours.wall / wall
            # No pipe can be faster than all cores at work on what its stages take alone.
            least = sum(cost.cpu for contestant, cost in contestants if contestant.is_stage) / os.cpu_count() / wall
            measured = f"{ratio:.2f}× of {name}; {os.cpu_count()} cores allow {least:.2f}×"
            verdicts.append(Verdict(row.name, promise, measured, ratio <= row.at_most_wall_of_slowest))
    return verdicts


def beside_peer(row, peer, ours, cost):
    verdicts = []
    if peer.times_less_cpu is not None:
        ratio = cost.cpu / ours.cpu
        promise = f"at least {peer.times_less_cpu:g}× less CPU than {peer.name}"
        verdicts.append(Verdict(row.name, promise, f"{ratio:.1f}×", ratio >= peer.times_less_cpu))
    if peer.at_most_cpu is not None:
        ratio = ours.cpu / cost.cpu
        promise = f"at most {peer.at_most_cpu:.2f}× the CPU of {peer.name}"
        verdicts.append(Verdict(row.name, promise, f"{ratio:.2f}×", ratio <= peer.at_most_cpu))
    if peer.at_most_wall is not None:
        ratio = ours.wall / cost.wall
        promise = f"at most {peer.at_most_wall:g}× the wall time of {peer.name}"
        verdicts.append(Verdict(row.name, promise, f"{ratio:.2f}×", ratio <= peer.at_most_wall))
    return verdicts


def beside_checks(row, check, cost, contestants):
    """Promises of a check about the wall time of other checks in its row."""
    verdicts = []
    walls = {other.name: other_cost.wall for other, other_cost in contestants}
    for name, limit in check.at_most_wall_of.items():
        ratio = cost.wall / walls[name]
        promise = f"{check.name}: at most {limit:g}× the wall time of {name}"
        verdicts.append(Verdict(row.name, promise, f"{ratio:.2f}× ({cost.wall * 1000:.1f} ms)", ratio <= limit))
    if row.faster_than and table.stages_in([check.command]):
        wall, name = min((walls[name], name) for name in row.faster_than)
        promise = f"{check.name}: less wall time than {', '.join(row.faster_than)}"
        verdicts.append(Verdict(row.name, promise, f"{cost.wall / wall:.2f}× of {name}", cost.wall < wall))
    return verdicts


def alone(row, measured, cost, people):
    """Promises of memory, which need no peer."""
    verdicts = []
    if measured.at_most_mb is not None:
        # EMPLID, NetID and barcode: three identifiers a person.
        limit = measured.at_most_mb + measured.bytes_per_identifier * 3 * people / (1 << 20)
        promise = f"{measured.name}: at most {limit:.0f} MB at {people:,} people"
        verdicts.append(Verdict(row, promise, f"{cost.peak_mb:.1f} MB", cost.peak_mb <= limit))
    return verdicts
