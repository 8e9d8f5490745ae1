"""Calls to a shop's own address. Only imported when a call is made: urllib3 takes its time to load."""

import urllib3

from wracaj.errors import DiscountError

_TIMEOUT = urllib3.Timeout(connect=2, read=5)
_LONGEST_ANSWER = 65_536
# No retries and no redirects: the state machine retries, and a signed or authorised call goes where it was sent, or nowhere.
_POOL = urllib3.PoolManager(timeout=_TIMEOUT, retries=False, maxsize=4)


def post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    """(status, the answer's beginning). Raises DiscountError when no answer came; the call may have been heard all the same."""
    try:
        response = _POOL.request("POST", url, body=body, headers=headers, redirect=False, preload_content=False)
        try:
            return response.status, response.read(_LONGEST_ANSWER)
        finally:
            response.close()
    except (urllib3.exceptions.HTTPError, ValueError) as error:  # ValueError: a token that no header can hold; its text shows it
        raise DiscountError(f"the shop gave no answer ({type(error).__name__}); trying again later may help") from None
