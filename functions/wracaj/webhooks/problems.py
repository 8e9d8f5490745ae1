"""What was wrong with a shop's webhooks of late. Fields and problems only: nothing that was sent,
and nobody's data."""

import hashlib
import re
from collections.abc import Iterator, Sequence

from pydantic import AwareDatetime

from wracaj.errors import Problem
from wracaj.events import Frozen

MOST_SHOWN = 20
# How many different causes of each answer are kept. A flood of forged signatures has its own
# places, and few: more than there are sentences about a signature.
PLACES = {200: 256, 401: 32, 413: 1, 422: 256}
MOST_TRIED = 16  # places that a cause looks for its own in, before it takes another's
_VALUES = re.compile(r"""\(given: .*\)|'[^']*'|"[^"]*"|\d+""")


class WebhookProblem(Frozen):
    """`answered`: the HTTP status. `topic`: only one that we read; a stranger's word for it is not
    kept."""

    at: AwareDatetime
    answered: int
    topic: str = ""
    problems: tuple[Problem, ...]

    @property
    def cause(self) -> str:
        """The same for the same trouble again, whatever the values, on however many lines of the
        cart."""
        kinds = sorted({_VALUES.sub("", f"{field}: {problem}") for field, problem in self.problems})
        return hashlib.sha256(
            "\n".join([str(self.answered), self.topic, *kinds]).encode()
        ).hexdigest()[:16]

    @property
    def places(self) -> Iterator[str]:
        """Where it is kept: the first of these that no other cause has."""
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
