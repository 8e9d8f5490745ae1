"""Results of a form on the preference page."""

from enum import StrEnum


class Told(StrEnum):
    """The result of the last form, as the page's query string has it. Other values are ignored."""

    TOPICS = "topics"
    YES = "yes"
    TO_CONFIRM = "to_confirm"
    ASKED_BEFORE = "asked_before"
    NOT_ASKED = "not_asked"
    NO = "no"
    PACE = "pace"
    BIRTHDAY = "birthday"
    NO_BIRTHDAY = "no_birthday"
    STOPPED = "stopped"
    LINK_SENT = "link_sent"
    LINK_REFUSED = "link_refused"
    LATER = "later"
    CHANGED = "changed"
    NO_SUCH_DAY = "no_such_day"
    UNCLEAR = "unclear"

    @property
    def is_a_problem(self) -> bool:
        return self in {
            Told.NOT_ASKED,
            Told.LINK_REFUSED,
            Told.LATER,
            Told.CHANGED,
            Told.NO_SUCH_DAY,
            Told.UNCLEAR,
        }
