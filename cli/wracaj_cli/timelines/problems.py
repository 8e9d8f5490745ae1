"""Problems of a timeline, described so that the editor of the file can correct them."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Rule(StrEnum):
    UNREADABLE = "unreadable"
    DUPLICATE_KEY = "duplicate-key"
    SHAPE = "shape"
    NO_MESSAGE = "no-message"
    NO_WAIT = "no-wait"
    CHANNEL = "channel"
    STEP = "step"
    STEP_TWICE = "step-twice"
    NAME = "name"
    UNUSED = "unused"
    TIMING = "timing"
    UNIT = "unit"
    TOO_LONG = "too-long"
    DISCOUNT = "discount"
    REPEATED_CODE = "repeated-code"
    ENDS_WITH_ORDER = "ends-with-order"
    TEMPLATE = "template"
    RENDERING = "rendering"
    SUBSTITUTION = "substitution"
    NOT_DEPLOYED = "not-deployed"
    STALE = "stale"
    NOT_READ = "not-read"
    NO_TIMEOUT = "no-timeout"  # of jobs
    RETRY = "retry"  # of jobs


@dataclass(frozen=True)
class Problem:
    rule: Rule
    file: Path
    where: str | None
    """The message or section of a timeline, or the state of a job."""
    line: int | None
    what: str
    fix: str
