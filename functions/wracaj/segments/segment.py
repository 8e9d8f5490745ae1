"""The segments that RFM scores lead to (`rfm.py`), as rules of a shop name them."""

from enum import StrEnum


class Segment(StrEnum):
    CHAMPIONS = "champions"
    LOYAL = "loyal"
    PROMISING = "promising"
    NEW = "new"
    NEEDS_ATTENTION = "needs attention"
    ABOUT_TO_SLEEP = "about to sleep"
    AT_RISK = "at risk"
    CANNOT_LOSE = "cannot lose them"
    HIBERNATING = "hibernating"
