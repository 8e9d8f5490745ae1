"""The version of what a state machine tells a step, and what it expects in return.

An execution keeps the definition that it started with, for half a year or more, while the code is
that of the newest deploy. So the code knows the contracts of earlier releases, too. After a deploy
was rolled back, it may also meet a newer one: that call is refused and tried again, until code that
knows it is back.

A new contract: raise CURRENT, keep the old ones in KNOWN as long as executions of them may run, and
say here what changed.

- 0: releases before contracts had a number. The payload has none.
- 1: the payload has `contract`, and what a long wait keeps: `version`, `part`, `own_timings`. The
  answer may say `moved_out`.
"""

from collections.abc import Mapping
from typing import Any

from wracaj.errors import ContractError

CURRENT = 1
KNOWN = frozenset({0, CURRENT})


def require_known_contract(payload: Mapping[str, Any]) -> None:
    """Raises ContractError, before anything else of the payload is read."""
    told = payload.get("contract", 0)
    if type(told) is not int or told not in KNOWN:
        known = ", ".join(map(str, sorted(KNOWN)))
        raise ContractError(
            f"contract {told!r} of the state machine is unknown to this release, which knows"
            f" {known}: deploy the release that the machine is of, or a newer one. The step is"
            " tried again for about a week"
        )
