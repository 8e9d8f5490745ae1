"""Ids as shops, browsers and Meta tell them.

Ids become keys of the table, which are measured in bytes: 2048 of a partition, 1024 of a place in
it, with what we put around the id. 255 characters of four bytes each would not fit.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

MOST_BYTES = 255
# with half surrogates, which are no UTF-8
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
RULE = f"must be an id of at most {MOST_BYTES} bytes in UTF-8, all of them printable characters"


def is_external_id(text: str) -> bool:
    return bool(text) and not UNPRINTABLE.search(text) and len(text.encode()) <= MOST_BYTES


def _checked(text: str) -> str:
    if not is_external_id(text):
        raise ValueError(RULE)
    return text


ExternalId = Annotated[str, Field(min_length=1), AfterValidator(_checked)]
