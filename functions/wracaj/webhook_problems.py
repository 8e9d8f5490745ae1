"""What was wrong with a shop's webhooks of late. Fields and problems only: nothing that was sent, and nobody's data. Pure."""

import hashlib
import re
from collections.abc import Sequence

from pydantic import AwareDatetime

from wracaj.errors import Problem
from wracaj.events import Frozen

MOST_SHOWN = 20
# How many different troubles of each answer are kept. A flood of forged signatures has its own places, and few.
PLACES = {200: 32, 401: 8, 413: 1, 422: 32}


class WebhookProblem(Frozen):
    """`answered`: the HTTP status. `topic`: only one that we read; a stranger's word for it is not kept."""

    at: AwareDatetime
    answered: int
    topic: str = ""
    problems: tuple[Problem, ...]

    @property
    def place(self) -> str:
        """The same trouble again takes the place of the last; so may another one, where there are very many."""
        told = "\n".join([self.topic, *(f"{field}: {problem}" for field, problem in self.problems)])
        digest = hashlib.sha256(re.sub(r"\d+", "", told).encode()).hexdigest()
        return f"{self.answered}#{int(digest[:8], 16) % PLACES.get(self.answered, 1):02d}"


def shortened(problems: Sequence[Problem]) -> list[Problem]:
    left_out = len(problems) - MOST_SHOWN
    return [*problems[:MOST_SHOWN], *([("(body)", f"has {left_out} more problems")] if left_out > 0 else [])]
