"""Cold starts in an environment of the runtime packages alone, byte-code as in the build.

`cart_webhook` answers a shop's later cart event and `reminder_step` sends a first message: from the
first import to the answer, AWS answering from a record. Of the other functions the imports count.
Processor time, because it is the same on a busy machine, or nearly.
"""

import statistics
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from bench import clean, first_calls
from bench.figures import Cell, Figures
from support.sam_template import resources

RUNS, FEWER = 9, 3  # of the two that are played, and of the imports of the others
MOST_SHOWN = 20
BOTO3 = ("dynamodb", "ssm", "secretsmanager", "stepfunctions")  # stays, whatever we use
ENCRYPT = {
    each["Handler"].partition(".")[0]
    for each in resources("AWS::Serverless::Function").values()
    if "PushDependencies" in str(each.get("Layers"))
}
TOLD = {"cart_webhook": "later cart event", "reminder_step": "first message sent"}


def measure(runs: int = RUNS) -> tuple[Figures, Figures]:
    packages, plain = clean.layer(), clean.plain()
    with clean.code(clean.FUNCTIONS) as code, first_calls.aws_here() as aws:
        calls = first_calls.record(packages, code, aws)
        times = _times(packages, plain, code, calls, runs)
        imports = _imports(packages, code, calls["cart_webhook"])
    base = statistics.median(times["boto3"])
    rows = [_row(name, found, base) for name, found in times.items()]
    note = (
        f"Median of {runs} fresh interpreters in turns: processor time, and how many times that of"
        f" boto3 with the clients {', '.join(BOTO3)}. A call that is named is included, with the"
        " AWS clients that it makes; of the others the imports are counted."
    )
    return Figures("Cold start", ("function", "what", "ms", "times boto3"), rows, note), imports


def _times(
    packages: Path,
    plain: Path,
    code: Path,
    calls: dict[str, first_calls.Recorded],
    runs: int,
) -> dict[str, list[float]]:
    found: defaultdict[str, list[float]] = defaultdict(list)
    for turn in range(runs):  # in turns, so that a busy moment meets all of them
        told, _ = clean.play(plain, None, {"do": "boto3", "services": BOTO3}, {})
        found["boto3"].append(told["imports"])
        for handler in handlers():
            here = clean.with_push(packages) if handler in ENCRYPT else packages
            if handler in calls:
                one = calls[handler]
                told, _ = clean.play(here, code, {"do": "cold", **one.told}, one.environment)
                found[handler].append(told["imports"] + told["call"])
            elif turn < FEWER:
                environment = first_calls.plain_variables(handler)
                what = {"do": "imports", "handler": handler}
                told, _ = clean.play(here, code, what, environment)
                found[handler].append(told["imports"])
    return found


def handlers() -> Iterable[str]:
    return sorted(
        each["Handler"].partition(".")[0]
        for each in resources("AWS::Serverless::Function").values()
    )


def _row(name: str, found: list[float], base: float) -> tuple[Cell, ...]:
    median = statistics.median(found)
    what = "its import, and its clients" if name == "boto3" else TOLD.get(name, "imports")
    return name, what, round(median * 1000), f"{median / base:.2f}"


def _imports(packages: Path, code: Path, call: first_calls.Recorded) -> Figures:
    """What remains, by `-X importtime`: packages as a whole, our own modules one by one."""
    told = {"do": "cold", **call.told}
    _, text = clean.play(packages, code, told, call.environment, "-X", "importtime")
    of: defaultdict[str, list[int]] = defaultdict(list)
    for line in text.splitlines():
        own, _, module = (part.strip() for part in f"{line}||".split("|")[:3])
        microseconds = own.removeprefix("import time:").strip()
        if microseconds.isdigit():
            of[_grouped(module)].append(int(microseconds))
    largest = sorted(of.items(), key=lambda each: -sum(each[1]))[:MOST_SHOWN]
    rows = [(name, len(times), f"{sum(times) / 1000:.1f}") for name, times in largest]
    note = "The largest, measured with `-X importtime`, which makes each of them slower."
    return Figures("Imports of a later cart event", ("what", "modules", "ms"), rows, note)


def _grouped(module: str) -> str:
    first, *others = module.split(".")
    return ".".join((first, *others[:1])) if first == "wracaj" else first
