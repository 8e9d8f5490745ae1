"""Recent problems with a shop's webhooks. Only field names and descriptions are kept: no values, no
personal data."""

import hashlib
import re
from collections.abc import Iterator, Sequence

from pydantic import AwareDatetime

from wracaj.errors import Problem
from wracaj.events import Frozen

MOST_SHOWN = 20
# How many causes are kept for each HTTP status. Signature problems have places of their own, so a
# flood of forged signatures displaces no others. 32 is more than there are such problems.
PLACES = {200: 256, 401: 32, 413: 1, 422: 256}
MOST_TRIED = 16  # places that a cause tries before it overwrites another cause
_VALUES = re.compile(r"""\(given: .*\)|'[^']*'|"[^"]*"|\d+""")


class WebhookProblem(Frozen):
    """`answered`: the HTTP status. `topic`: only a topic that we read; an unknown topic is not
    kept."""

    at: AwareDatetime
    answered: int
    topic: str = ""
    problems: tuple[Problem, ...]

    @property
    def cause(self) -> str:
        """Return 16 hex digits, equal for the same problem whatever its values and line items."""
        kinds = sorted({_VALUES.sub("", f"{field}: {problem}") for field, problem in self.problems})
        return hashlib.sha256(
            "\n".join([str(self.answered), self.topic, *kinds]).encode()
        ).hexdigest()[:16]

    @property
    def places(self) -> Iterator[str]:
        """Yield the places where this problem may be kept. It takes the first one that no other
        cause has."""
        many = PLACES.get(self.answered, 1)
        first = int(self.cause, 16) % many
        return (
            f"{self.answered}#{(first + more) % many:03d}" for more in range(min(many, MOST_TRIED))
        )


def shortened(problems: Sequence[Problem]) -> list[Problem]:
    left_out = len(problems) - MOST_SHOWN
    return [
        *problems[:MOST_SHOWN],
        *([("(body)", f"has {left_out} more problems")] if left_out > 0 else []),
    ]
