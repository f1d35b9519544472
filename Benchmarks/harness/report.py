"""The results on the terminal, and as JSON."""

import dataclasses
import json
import os
import platform
import time


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
            print(f"  {contestant.name:<34}{cost.cpu:9.3f}{cost.wall:9.3f}{cost.peak_mb:9.1f}{ratios}", flush=True)


def print_growth(curves):
    print("\nhow it grows: CPU seconds, and peak MB")
    for name, curve in curves.items():
        print(f"  {name}")
        for people, cost in curve:
            print(f"    {people:>12,}{cost.cpu:11.3f} s{cost.peak_mb:9.1f} MB{cost.cpu / people * 1e6:9.2f} µs a person")


def print_verdicts(verdicts):
    print(f"\n{'row':<16}{'promise':<68}measured")
    for verdict in verdicts:
        answer = {True: "holds", False: "DOES NOT HOLD", None: "NOT MEASURED"}[verdict.holds]
        print(f"{verdict.row:<16}{verdict.promise:<68}{verdict.measured}  {answer}")


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


def write_json(path, data):
    with open(path, "w") as file:
        json.dump(data, file, indent=1, ensure_ascii=False)
        file.write("\n")
