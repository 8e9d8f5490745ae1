"""Calls to a shop's own address. The state machine tries again, not we."""

from wracaj.errors import DiscountError, NotTakenError, OutcomeUnknownError
from wracaj.outgoing.http import exchange

# As docs/generic-webhooks.md promises. Two of them and a message sent after them fit into one step.
SECONDS_TO_ANSWER = 5.0


def post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    """(status, the answer's beginning). Raises DiscountError when no answer came; the call may have
    been heard all the same."""
    try:
        answer = exchange("POST", url, headers, body, SECONDS_TO_ANSWER)
    except (NotTakenError, OutcomeUnknownError) as error:
        raise DiscountError(
            f"the shop gave no answer ({error}); trying again later may help"
        ) from None
    return answer.status, answer.body
