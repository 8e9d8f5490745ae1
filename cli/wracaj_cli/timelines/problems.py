"""What can be wrong with a timeline, told so that whoever edited the file can mend it."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Rule(StrEnum):
    UNREADABLE = "unreadable"
    DUPLICATE_KEY = "duplicate-key"
    SHAPE = "shape"
    DANGLING = "dangling"
    UNREACHABLE = "unreachable"
    DEAD_END = "dead-end"
    NEVER_ENDS = "never-ends"
    NO_MESSAGE = "no-message"
    NO_WAIT = "no-wait"
    NO_TIMEOUT = "no-timeout"
    RETRY = "retry"
    NO_CATCH = "no-catch"
    CATCH_LEAVES = "catch-leaves"
    NO_ORDERED_BRANCH = "no-ordered-branch"
    NO_STOPPED_BRANCH = "no-stopped-branch"
    NO_WAIT_BRANCH = "no-wait-branch"
    SENT_BRANCH = "sent-branch"
    HOLD = "hold"
    NO_CLOSE = "no-close"
    STEP = "step"
    STEP_TWICE = "step-twice"
    CHANNEL = "channel"
    DISCOUNT = "discount"
    REPEATED_CODE = "repeated-code"
    TIMELINE = "timeline"
    AFTER_SECONDS = "after-seconds"
    TIMING = "timing"
    UNIT = "unit"
    TOO_LONG = "too-long"
    VARIABLE = "variable"
    UNUSED = "unused"
    EXPRESSION = "expression"
    TEMPLATE = "template"
    SUBSTITUTION = "substitution"
    NOT_DEPLOYED = "not-deployed"


@dataclass(frozen=True)
class Problem:
    rule: Rule
    file: Path
    state: str | None
    line: int | None
    what: str
    fix: str
