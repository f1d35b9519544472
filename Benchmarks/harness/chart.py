"""The chart for the README: ratios as bars, growth as lines. Readable on a light and on a dark page."""

import html
import math

WIDTH, LABELS, RIGHT = 860, 330, 80
BAR, GAP = 16, 24
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #57606a }
.title { font-weight: 600; font-size: 15px }
.small { font-size: 11px }
.grid { stroke: #8b949e; stroke-opacity: .35 }
.promise { stroke: #57606a; stroke-width: 2 }
.bar { fill: #2f81f7 }
.worse { fill: #bc4c00 }
.line { fill: none; stroke-width: 2 }
.c0 { stroke: #2f81f7 } .c1 { stroke: #1a7f37 } .c2 { stroke: #8250df } .c3 { stroke: #bf8700 } .c4 { stroke: #cf222e }
@media (prefers-color-scheme: dark) { text { fill: #9198a1 } .promise { stroke: #d1d9e0 } .c1 { stroke: #3fb950 } .c2 { stroke: #ab7df8 } .c4 { stroke: #f85149 } }
"""


def write(path, data):
    """Draws what there is; a part without data is left out."""
    drawing, height = [], 10
    for part in (cpu_bars(data), wall_bars(data)):
        if part:
            height = draw_bars(drawing, height, *part)
    if any(data["growth"].values()):
        height = draw_growth(drawing, height, data["growth"])
    if "machine" in data:
        machine = data["machine"]
        text(drawing, 10, height + 12, f"{machine['processor']}, {machine['cores']} cores, {machine['date']}", "small")
        height += 20
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">\n<style>{STYLE}</style>\n')
        file.write("\n".join(drawing) + "\n</svg>\n")


def text(drawing, x, y, words, kind="", anchor="start"):
    drawing.append(f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{html.escape(words)}</text>')


def line(drawing, x1, y1, x2, y2, kind):
    drawing.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>')


def ours_and_peers(data):
    """(what, people, ours, peer) for each peer that was measured beside ours."""
    for row in data["rows"]:
        ours = next((contestant for contestant in row["contestants"] if contestant["is_ours"]), None)
        for peer in row["contestants"] if ours else []:
            if not peer["is_ours"]:
                yield row, ours, peer


def cpu_bars(data):
    """How many times more CPU each peer takes; not for the rows where waiting is the work."""
    bars = []
    for row, ours, peer in ours_and_peers(data):
        is_timed = any("at_most_wall" in contestant for contestant in row["contestants"])
        if is_timed or row["name"] == "night" or not ours["cpu"]:
            continue
        promise = peer.get("times_less_cpu") or (1 / peer["at_most_cpu"] if "at_most_cpu" in peer else None)
        bars.append((f"{row['name']}: {peer['name']}", peer["cpu"] / ours["cpu"], promise))
    return bars and ("CPU that others take for the same work (ours = 1)", bars, True)


def wall_bars(data):
    """Our wall time beside that of the tool that does one thing."""
    bars = [
        (f"{row['name']}: {peer['name']}", ours["wall"] / peer["wall"], peer["at_most_wall"])
        for row, ours, peer in ours_and_peers(data)
        if "at_most_wall" in peer and peer["wall"]
    ]
    for row in data["rows"]:
        if stages := [contestant for contestant in row["contestants"] if contestant["is_stage"]]:
            slowest = max(stages, key=lambda stage: stage["wall"])
            ours = next(contestant for contestant in row["contestants"] if contestant["is_ours"])
            bars.append((f"{row['name']}: {slowest['name']}", ours["wall"] / slowest["wall"], row["at_most_wall_of_slowest"]))
    return bars and ("Our wall time beside (theirs = 1; lower is better)", bars, False)


def draw_bars(drawing, top, title, bars, higher_is_better):
    largest = max(max(ratio, promise or 0) for _, ratio, promise in bars)
    room = WIDTH - LABELS - RIGHT
    if higher_is_better:  # from a half, for a peer may be quicker
        decades = math.log10(max(10, largest) / 0.5)
        place = lambda ratio: LABELS + room * max(0.0, math.log10(max(ratio, 0.5) / 0.5)) / decades
        marks = [mark for mark in (1, 10, 100, 1000) if mark <= max(10, largest)]
    else:
        place = lambda ratio: LABELS + room * ratio / max(1.5, largest)
        marks = [0, 0.5, 1, 1.5]
    text(drawing, 10, top + 16, title, "title")
    bottom = top + 44 + GAP * len(bars)
    for mark in marks:
        line(drawing, place(mark), top + 28, place(mark), bottom - 12, "grid")
        text(drawing, place(mark), bottom, f"{mark:g}×", "small", "middle")
    for number, (label, ratio, promise) in enumerate(bars):
        y = top + 30 + GAP * number
        holds = promise is None or (ratio >= promise if higher_is_better else ratio <= promise)
        text(drawing, LABELS - 8, y + 13, label, "", "end")
        start = place(0.5) if higher_is_better else place(0)
        drawing.append(f'<rect x="{start:.1f}" y="{y}" width="{place(ratio) - start:.1f}" height="{BAR}" class="{"bar" if holds else "worse"}"/>')
        text(drawing, place(max(ratio, promise or 0)) + 6, y + 13, f"{ratio:.0f}×" if ratio >= 20 else f"{ratio:.2f}×")
        if promise:
            line(drawing, place(promise), y - 2, place(promise), y + BAR + 2, "promise")
    line(drawing, WIDTH - 140, top + 6, WIDTH - 140, top + 20, "promise")
    text(drawing, WIDTH - 132, top + 17, "what is promised", "small")
    return bottom + 24


def draw_growth(drawing, top, curves):
    text(drawing, 10, top + 16, "How it grows with the number of people", "title")
    height, width = 240, WIDTH / 2 - 90
    for number, (title, value) in enumerate((("CPU seconds", lambda cost: cost["cpu"]), ("peak MB", lambda cost: cost["peak_mb"]))):
        draw_panel(drawing, 60 + number * WIDTH / 2, top + 50, width, height, title, curves, value)
    bottom = top + 50 + height + 40
    for number, name in enumerate(curves):
        x = 20 + (number % 3) * 280
        y = bottom + 10 + 20 * (number // 3)
        line(drawing, x, y - 4, x + 24, y - 4, f"line c{number % 5}")
        text(drawing, x + 32, y, name)
    return bottom + 20 * ((len(curves) + 2) // 3) + 10


def draw_panel(drawing, left, top, width, height, title, curves, value):
    points = [(cost["people"], max(value(cost), 0.001)) for curve in curves.values() for cost in curve]
    x_range = decades_around([x for x, _ in points])
    y_range = decades_around([y for _, y in points])

    def place(x, y):
        return (
            left + width * (math.log10(x) - x_range[0]) / (x_range[1] - x_range[0]),
            top + height - height * (math.log10(y) - y_range[0]) / (y_range[1] - y_range[0]),
        )

    text(drawing, left, top - 8, title)
    for exponent in range(x_range[0], x_range[1] + 1):
        x, _ = place(10**exponent, 10 ** y_range[0])
        line(drawing, x, top, x, top + height, "grid")
        text(drawing, x, top + height + 16, f"{10**exponent:,}", "small", "middle")
    for exponent in range(y_range[0], y_range[1] + 1):
        _, y = place(10 ** x_range[0], 10.0**exponent)
        line(drawing, left, y, left + width, y, "grid")
        text(drawing, left - 6, y + 4, f"{10.0**exponent:g}", "small", "end")
    for number, curve in enumerate(curves.values()):
        path = " ".join("{:.1f},{:.1f}".format(*place(cost["people"], max(value(cost), 0.001))) for cost in curve)
        drawing.append(f'<polyline points="{path}" class="line c{number % 5}"/>')


def decades_around(values):
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return first, max(last, first + 1)
