"""Makes the deployed files from the short files, and finds the made files that are out of date.

Each short file gives a state machine. All together give the table that the Lambdas read.
abandoned_cart also gives the picture in README.md.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from timeline_digest import FOLDER, NO_DIGEST, made_name, made_of, short_files, with_digest
from timeline_digest import TABLE as TABLE_PATH
from wracaj_cli.counted import counted
from wracaj_cli.house import ROOT
from wracaj_cli.timelines.check import in_order, inside, unreadable
from wracaj_cli.timelines.going_on import course_of, version_of
from wracaj_cli.timelines.machine import state_machine
from wracaj_cli.timelines.model import timeline
from wracaj_cli.timelines.picture import as_svg
from wracaj_cli.timelines.problems import Problem, Rule
from wracaj_cli.timelines.reading import Definition, UnreadableError, read
from wracaj_cli.timelines.rules.shape import read_short
from wracaj_cli.timelines.short_file import ShortFile, summary_of

PICTURE, PICTURED = Path("docs/timeline.svg"), "abandoned_cart"
WRITE = "run `wracaj timeline write`"
TABLE = '''\
"""What the Lambdas know of the timelines.

Made from statemachines/*.yaml by `wracaj timeline write`.
{digest}
"""

ENDS_WITH_ORDER = frozenset(
    {{
{ends}
    }}
)
"""The timelines that a later order of the shopper ends."""

TIMINGS: dict[str, dict[str, int | float | str]] = {{
{timings}
}}
"""The numbers of each, which a shop's settings may replace."""

FIRST_WAITS = {{
{waits}
}}
"""The timing that each waits for first."""

COURSES: dict[str, dict[str, str]] = {{
{courses}
}}
"""The steps of each in their order, with the timing of the wait before each. CHECK and CLOSE are
no messages. None where the message comes with the start: such a timeline is short."""

VERSIONS = {{
{versions}
}}
"""What changes with each short file."""
'''


class BrokenTimelinesError(Exception):
    """The short files have problems, so nothing can be made from them."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{counted(len(problems), 'problem')} in the short files")
        self.problems = problems


def write(root: Path = ROOT) -> list[Path]:
    """Write the files that are out of date, and return their paths. Raises BrokenTimelinesError."""
    written = []
    for path, text in made_texts(root).items():
        if not _holds(path, text):
            path.write_text(text, encoding="utf-8")
            written.append(path)
    return written


def stale(root: Path = ROOT) -> list[Problem]:
    """Return the files that are out of date, or else the problems of the short files."""
    try:
        texts = made_texts(root)
    except BrokenTimelinesError as error:
        return error.problems
    wrong = [path for path, text in texts.items() if not _holds(path, text)]
    problems = [Problem(Rule.STALE, path, None, None, _NOT_CURRENT, WRITE) for path in wrong]
    for path in sorted((root / FOLDER).glob(made_name("*"))):
        if path not in texts:
            what = "has no short file any more"
            fix = "remove it, and its state machine in template.yaml"
            problems.append(Problem(Rule.STALE, path, None, None, what, fix))
    return problems


_NOT_CURRENT = "is not what the short files in statemachines/ make"


def made_texts(root: Path) -> Mapping[Path, str]:
    """Return path → text for every made file. Raises BrokenTimelinesError."""
    files = {path: _read(path) for path in short_files(root)}
    problems = [one for found in files.values() if isinstance(found, list) for one in found]
    if problems:
        raise BrokenTimelinesError(problems)
    good = [found for found in files.values() if not isinstance(found, list)]
    texts = {
        made_of(one.path): with_digest(machine_text(one, short), [one.text]) for one, short in good
    }
    if good and (root / TABLE_PATH).parent.is_dir():
        table = with_digest(table_text(good), [one.text for one, _ in good])
        texts[root / TABLE_PATH] = table
    pictured = [one for one, _ in good if one.name == PICTURED]
    if pictured and (root / PICTURE).parent.is_dir():
        texts[root / PICTURE] = as_svg(timeline(pictured[0]))
    return texts


def machine_text(definition: Definition, short: ShortFile) -> str:
    made = f"Made from {definition.path.name} by `wracaj timeline write`: edit that file."
    comment = f"{summary_of(definition.text)} {made} {NO_DIGEST}".strip()
    machine = state_machine(definition.name, short, comment)
    return json.dumps(machine, indent=2, ensure_ascii=False) + "\n"


def table_text(good: list[tuple[Definition, ShortFile]]) -> str:
    ends = "\n".join(f'        "{one.name}",' for one, short in good if short.ends_with_order)
    timings = "\n".join(_row(one.name, short.timings) for one, short in good)
    waits = "\n".join(f'    "{one.name}": "{_first_wait(short)}",' for one, short in good)
    courses = "\n".join(_row(one.name, course_of(short)) for one, short in good)
    versions = "\n".join(f'    "{one.name}": "{version_of(short)}",' for one, short in good)
    return TABLE.format(
        digest=NO_DIGEST,
        ends=ends,
        timings=timings,
        waits=waits,
        courses=courses,
        versions=versions,
    )


def _row(name: str, values: Mapping[str, Any]) -> str:
    """Return the row in the layout of the formatter."""
    lines = [f'        "{one}": {json.dumps(value)},' for one, value in values.items()]
    return "\n".join([f'    "{name}": {{', *lines, "    },"]) if lines else f'    "{name}": {{}},'


def _first_wait(short: ShortFile) -> str:
    return short.check.after if short.check else short.wait_of(short.named_messages[0][1])


def _read(path: Path) -> tuple[Definition, ShortFile] | list[Problem]:
    try:
        definition = read(path)
    except UnreadableError as error:
        return [unreadable(path, error)]
    short = read_short(definition)
    if isinstance(short, list):
        return short
    return in_order(inside(definition, short)) or (definition, short)


def _holds(path: Path, text: str) -> bool:
    try:
        return path.read_text(encoding="utf-8") == text
    except (OSError, UnicodeDecodeError):
        return False
