"""Mistakes in a template, described so that the person who edited it can fix them."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType

from wracaj.errors import WracajError
from wracaj.text.spelling import nearest

COMPARE = "Compare the line with the same one in another template"
_ASK_FIRST = "Ask for it first, such as {% if voucher %}…{% endif %} or {% if items %}…{% endif %}"


class TemplateError(WracajError):
    """A message template is missing or has a mistake. The text says the file, the line and the
    fix."""

    def __init__(self, file: str, line: int | None, problem: str, fix: str) -> None:
        super().__init__(f"{file}{f', line {line}' if line else ''}: {problem}. {fix}")
        self.file, self.line, self.problem, self.fix = file, line, problem, fix


def no_such_name(name: str, known: Sequence[str]) -> str:
    meant = nearest(name, known)
    did_you_mean = f"Did you mean `{meant}`? " if meant else ""
    return f"there is no `{name}`. {did_you_mean}The names there are: {', '.join(known)}"


def nothing_there(asked: object) -> str:
    """`asked`: a variable that only some messages have, or an index of a list."""
    what = "the list is shorter" if isinstance(asked, int) else f"there is nothing with a `{asked}`"
    return f"in some messages {what}. {_ASK_FIRST}"


def no_such_filter(name: str, known: Iterable[str], ours: Iterable[str]) -> str:
    """How to mend it. `known`: Jinja's own, too."""
    meant = nearest(name, known)
    did_you_mean = f"Did you mean `{meant}`? " if meant else ""
    return f"{did_you_mean}The filters there are: {', '.join(sorted(ours))}, and Jinja's own"


def place_in(traceback: TracebackType | None, templates: Path) -> tuple[str, int] | None:
    """The innermost template line in a traceback. A frame that jinja has not rewritten belongs to
    compiled code."""
    place = None
    while traceback is not None:
        compiled = traceback.tb_frame.f_globals.get("__jinja_template__")
        file = Path(traceback.tb_frame.f_code.co_filename)
        if file.suffix == ".j2" and file.is_relative_to(templates):
            line = traceback.tb_lineno
            place = (
                file.relative_to(templates).as_posix(),
                compiled.get_corresponding_lineno(line) if compiled else line,
            )
        traceback = traceback.tb_next
    return place
