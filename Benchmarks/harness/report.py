"""The results on the terminal, and as JSON."""

import dataclasses
import json
import os
import platform
import time


ANSWERS = {True: "holds", False: "DOES NOT HOLD", None: "NOT MEASURED"}


def seconds(value):
    """With three or four digits, as the start of a process needs."""
    return f"{value:.3f}" if value >= 0.1 else f"{value:.4f}"


def beside_ours(ours, cost):
    """How a peer compares, in CPU and in wall time; above 1 it takes more than ours."""
    if ours is None or ours.cpu <= 0 or ours.wall <= 0:
        return ""
    return f"{cost.cpu / ours.cpu:9.2f}×{cost.wall / ours.wall:9.2f}×"


def print_row(row, results):
    for people, contestants in results.items():
        ours = next((cost for contestant, cost in contestants if contestant.is_ours), None)
        print(f"\n{row.what}" + (f", {people:,} people" if people > 1 else ""))
        print(f"  {'':<34}{'CPU s':>9}{'wall s':>9}{'peak MB':>9}" + (f"{'× CPU':>10}{'× wall':>10}" if ours else ""))
        for contestant, cost in contestants:
            ratios = "" if contestant.is_ours else beside_ours(ours, cost)
            print(f"  {contestant.name:<34}{seconds(cost.cpu):>9}{seconds(cost.wall):>9}{cost.peak_mb:9.1f}{ratios}", flush=True)


def print_growth(curves):
    print("\nhow it grows: CPU seconds, and peak MB")
    for name, curve in curves.items():
        print(f"  {name}")
        for people, cost in curve:
            print(f"    {people:>12,}{cost.cpu:11.3f} s{cost.peak_mb:9.1f} MB{cost.cpu / people * 1e6:9.2f} µs a person")


def print_verdicts(verdicts):
    print(f"\n{'row':<20}{'promise':<80}measured")
    for verdict in verdicts:
        print(f"{verdict.row:<20}{verdict.promise:<80}{verdict.measured}  {ANSWERS[verdict.holds]}")


def machine():
    with open("/proc/cpuinfo") as file:
        model = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), platform.machine())
    return {
        "processor": model, "cores": os.cpu_count(), "kernel": platform.release(), "system": platform.freedesktop_os_release()["PRETTY_NAME"],
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
    }


def as_data(races, curves, verdicts):
    return {
        "machine": machine(),
        "rows": [
            {
                "name": row.name,
                "what": row.what,
                "people": people,
                "at_most_wall_of_slowest": row.at_most_wall_of_slowest,
                "contestants": [
                    described(contestant) | dataclasses.asdict(cost)
                    for contestant, cost in contestants
                ],
            }
            for row, results in races
            for people, contestants in results.items()
        ],
        "growth": {name: [{"people": people, **dataclasses.asdict(cost)} for people, cost in curve] for name, curve in curves.items()},
        "verdicts": [dataclasses.asdict(verdict) for verdict in verdicts],
    }


def described(contestant):
    promises = ("times_less_cpu", "at_most_cpu", "at_most_wall")
    given = {name: getattr(contestant, name) for name in promises if getattr(contestant, name) is not None}
    return {"name": contestant.name, "is_ours": contestant.is_ours, "is_stage": contestant.is_stage, **given}


def write_markdown(path, data):
    """The figures of a whole run as a page: a table for each row, then the promises."""
    machine = data["machine"]
    lines = [
        "# Results", "",
        "Written by `make bench`; [README.md](README.md) says how to read them.", "",
        f"{machine['processor']}, {machine['cores']} cores, {machine['system']}, Linux {machine['kernel']}, {machine['date']}.",
    ]
    for row in data["rows"]:
        ours = next((contestant for contestant in row["contestants"] if contestant["is_ours"]), None)
        people = f", {row['people']:,} people" if row["people"] > 1 else ""
        lines += ["", f"## {row['what']}{people}", ""]
        lines += table_of(["", "CPU s", "wall s", "peak MB", *(["× CPU", "× wall"] if ours else [])], [cells_of(contestant, ours) for contestant in row["contestants"]])
    lines += ["", "## Growth", ""]
    curves = [
        [name, f"{cost['people']:,}", f"{cost['cpu']:.3f}", f"{cost['peak_mb']:.1f}", f"{cost['cpu'] / cost['people'] * 1e6:.2f}"]
        for name, curve in data["growth"].items()
        for cost in curve
    ]
    lines += table_of(["", "people", "CPU s", "peak MB", "µs a person"], curves)
    lines += ["", "## Promises", ""]
    verdicts = [[verdict["row"], verdict["promise"], verdict["measured"], ANSWERS[verdict["holds"]]] for verdict in data["verdicts"]]
    lines += table_of(["row", "promise", "measured", ""], verdicts)
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def cells_of(contestant, ours):
    cells = [contestant["name"], seconds(contestant["cpu"]), seconds(contestant["wall"]), f"{contestant['peak_mb']:.1f}"]
    if ours is None:
        return cells
    if contestant["is_ours"]:
        return cells + ["1", "1"]
    return cells + [f"{contestant['cpu'] / ours['cpu']:.2f}", f"{contestant['wall'] / ours['wall']:.2f}"]


def table_of(titles, rows):
    return [f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |" for cells in (titles, ["---"] * len(titles), *rows)]


def write_json(path, data):
    with open(path, "w") as file:
        json.dump(data, file, indent=1, ensure_ascii=False)
        file.write("\n")
