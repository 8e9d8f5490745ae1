"""How a timeline goes on after a long wait that was moved out of Step Functions
(wracaj/timelines/long_waits.py): what is kept of it, and where a fresh execution goes on."""

import hashlib
from collections.abc import Sequence

from wracaj.timelines.steps import CHECK, CLOSE
from wracaj_cli.timelines.short_file import ShortFile
from wracaj_cli.timelines.tasks import State

CLOSE_HOLD, CHECK_HOLD = "Hold the close", "Hold the check"
LATER, WHERE = "Goes on later", "Where does it go on?"
KEPT = "The wait is long: it is kept as a date in the table, and a fresh execution goes on then."
CLOSING = "Close the timeline"
INPUT = "$states.context.Execution.Input"


def course_of(short: ShortFile) -> dict[str, str]:
    """Return the steps in their order, with the timing of the wait before each. Empty if a message
    comes with the start, which no date keeps."""
    if any(message.from_start for _, message in short.named_messages):
        return {}
    course = {CHECK: short.check.after} if short.check else {}
    course |= {name: message.after for name, message in short.named_messages if message.after}
    return course | ({CLOSE: short.close_after} if short.close_after else {})


def keeps_waits(short: ShortFile) -> bool:
    """Whether a wait after a message can be kept as a date. After a check there is none."""
    return bool(course_of(short)) and not short.check


def kept_by_a_date(short: ShortFile) -> State:
    """Return the parts of a message's request that a date keeps; none where none is kept."""
    own = f"{{% [{INPUT}.timings, {{}}][0] %}}"
    part = f"{{% [{INPUT}.resume.part, 1][0] %}}"
    told = {"version": version_of(short), "part": part, "own_timings": own}
    return told if keeps_waits(short) else {}


def version_of(short: ShortFile) -> str:
    """Return what changes with the short file, its comments and layout aside."""
    return hashlib.sha256(short.model_dump_json().encode()).hexdigest()[:12]


def where_it_goes_on(short: ShortFile, holds: Sequence[str]) -> State:
    """Return the Choice that leads to the Hold of the step that is due. `holds`: those of the
    messages."""
    of_messages = dict(zip((name for name, _ in short.named_messages), holds, strict=True))
    all_holds = {CHECK: CHECK_HOLD, **of_messages, CLOSE: CLOSE_HOLD}
    return {
        "Comment": "A long wait was kept as a date in the table. This is the step that it was for.",
        "Type": "Choice",
        "Choices": [
            {
                "Condition": f"{{% $states.input.resume.step = '{step}' %}}",
                "Next": all_holds[step],
            }
            for step in course_of(short)
        ],
        "Default": CLOSING,
    }
