"""Time and memory against the number of people."""

from harness import materials, promises
from harness.measuring import median


def sizes_up_to(limit):
    return [size for size in (1_000, 10_000, 100_000, 1_000_000, 10_000_000) if size <= limit]


def measure(growths, sizes, runner, files, scratch, rounds):
    """For each of the growing commands, its costs at the sizes; and the verdicts on its memory."""
    curves, verdicts = {growth.name: [] for growth in growths}, []
    for people in sizes:
        words = materials.Words(files, people, "usual", 0, {"scratch": scratch, "peers": files.peers})
        # Small ones are over in milliseconds, large ones take minutes.
        times = rounds * 3 if people <= 10_000 else rounds if people <= 1_000_000 else 1
        for growth in growths:
            if people > growth.up_to:
                continue
            command = words.fill(growth.command)
            cost = median([runner.run(command) for _ in range(1 if growth.is_peer else times)])
            curves[growth.name].append((people, cost))
    for growth in growths:
        for people, cost in curves[growth.name][-1:]:
            verdicts += promises.alone("growth", growth, cost, people)
        verdicts += is_linear(growth, curves[growth.name])
    return curves, verdicts


def is_linear(growth, curve):
    """Time is linear: a person costs as much at the largest size as at a tenth of it, within a fifth."""
    if growth.is_peer or len(curve) < 3:
        return []
    (before, small), (people, large) = curve[-2:]
    ratio = (large.cpu / people) / (small.cpu / before)
    promise = f"{growth.name}: CPU a person at {people:,} as at {before:,}, within a fifth"
    return [promises.Verdict("growth", promise, f"{ratio:.2f}×", ratio <= 1.2)]
