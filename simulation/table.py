"""The published tables of docs/reliability.md, in Markdown."""

from pathlib import Path

from simulation.tally import NOT_TOLD, Tally, by_promise, median

RUN, VARIANTS = "the run", "the variants"


def bound(carts: int) -> str:
    """The rule of three: with 0 in n, at most 3/n with 95 % confidence."""
    return f"{3_000_000 / carts:.1f}" if carts else "–"


def rows(tally: Tally, seeds: str) -> list[str]:
    lines = [
        "| | |",
        "| --- | --- |",
        f"| carts | {tally.carts:,} |",
        f"| stories | {tally.stories:,} |",
        f"| seed | {seeds} |",
        f"| code | {', '.join(sorted(tally.versions)) or NOT_TOLD} |",
        f"| webhooks | {_sum(tally.webhooks):,} |",
        f"| steps of timelines | {_sum(tally.steps):,} |",
        f"| messages that left | {tally.messages:,} |",
        f"| faults injected | {sum(tally.faults.values()):,} |",
        f"| a story's median | {median(tally.webhooks)} webhooks, {median(tally.steps)} steps,"
        f" {median(tally.faults_each)} faults |",
        f"| processor time | {tally.cpu_seconds:,.0f} s |",
        "",
        "| promise | broken | at most, per million carts (95 %) |",
        "| --- | --- | --- |",
    ]
    for promise, broken in by_promise(tally).items():
        most = bound(tally.carts) if not broken else "–"
        lines.append(f"| {promise.value} | {broken} | {most} |")
    lines += ["", "| fault | injected |", "| --- | --- |"]
    lines += [f"| {kind} | {number:,} |" for kind, number in sorted(by_kind(tally).items())]
    return lines


def by_kind(tally: Tally) -> dict[str, int]:
    """Faults by their kind, of all services together, as `dynamodb: cut` names them."""
    kinds: dict[str, int] = {}
    for name, number in tally.faults.items():
        kind = name.rpartition(": ")[2]
        kinds[kind] = kinds.get(kind, 0) + number
    return kinds


def _sum(counted: dict[int, int]) -> int:
    return sum(value * number for value, number in counted.items())


def write(path: Path, tally: Tally, seeds: str) -> None:
    write_between(path, RUN, rows(tally, seeds))


def write_between(path: Path, name: str, lines: list[str]) -> None:
    """Put these lines between the two marks of this name."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    text = path.read_text()
    if text.count(begin) != 1 or text.count(end) != 1:
        raise ValueError(f"{path.name} must hold {begin} and {end} once each")
    before, _, rest = text.partition(begin)
    after = rest.partition(end)[2]
    told = "\n".join(lines)
    path.write_text(f"{before}{begin}\n\n{told}\n\n{end}{after}")
