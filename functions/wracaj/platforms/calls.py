"""Calls to a shop's own address. There is no retry here: the state machine retries."""

from wracaj.errors import DiscountError, NotTakenError, OutcomeUnknownError
from wracaj.outgoing.http import exchange

# As docs/generic-webhooks.md promises. One step has time for two such calls and a message.
SECONDS_TO_ANSWER = 5.0


def post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    """Return the status and the beginning of the answer. Raises DiscountError where no answer came;
    the shop may have processed the call all the same."""
    try:
        answer = exchange("POST", url, headers, body, SECONDS_TO_ANSWER)
    except (NotTakenError, OutcomeUnknownError) as error:
        raise DiscountError(
            f"the shop gave no answer ({error}); trying again later may help"
        ) from None
    return answer.status, answer.body
