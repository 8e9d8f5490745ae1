"""The parts of a timeline's short file, and their allowed values.

statemachines/README.md explains how to write one. A value in `discounts` is a number, a text, or a
word that names one of the `timings`.
"""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

from wracaj.consent.channel import Channel
from wracaj.timelines.steps import ContentKind

Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
# together with the words around it, at most 80
StateName = Annotated[str, Field(min_length=1, max_length=50)]
About = Literal["cart", "order", "date", "subscription", "product_views", "campaign", "request"]
FromStart = Literal["name", "channel", "template", "discount"]
_SPOKEN = {"email": "e-mail", "sms": "SMS"}


class ChannelError(ValueError):
    """A message names no channel or two channels."""


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DiscountLine(Part):
    """What a code gives, and for how long. The step's own Discount says which values go."""

    percent: Any = None
    amount: Any = None
    currency: Any = None
    product_id: Any = None
    product_title: Any = None
    free_shipping: Any = None
    valid_days: Any = None
    if_unavailable: Any = None

    @property
    def written(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True)


class MessageLine(Part):
    channel: Channel | None = None  # None: the start of the execution names it
    sends: Word | None = None  # name of the template or of the audience
    from_start: tuple[FromStart, ...] = ()
    after: Word | None = None
    when: Literal["reward", "nudge", "expiring"] | None = None
    discount: Word | None = None
    repeats_code: StrictBool = False
    asks_reason: StrictBool = False
    content: ContentKind | None = None
    instead_of: Word | None = None
    called: StateName | None = None

    @model_validator(mode="before")
    @classmethod
    def _channel_is_a_key(cls, body: Any) -> Any:
        """Split a key such as `email: cart_reminder`, which names the channel and the template
        together."""
        if not isinstance(body, dict):
            return body
        named = [key for key in body if key in list(Channel)]
        if len(named) > 1:
            raise ChannelError(f"has two channels, {' and '.join(named)}")
        others = {key: value for key, value in body.items() if key not in named}
        return others | ({"channel": named[0], "sends": body[named[0]]} if named else {})

    @property
    def content_kind(self) -> ContentKind | None:
        """The content of the message beyond the cart. By default it is what the check found."""
        return self.content or self.when

    def words(self, name: str) -> str:
        """Return the message's name in the states of the console, such as `discount e-mail`."""
        return self.called or " ".join(_SPOKEN.get(word, word) for word in name.split("_"))


class CheckLine(Part):
    """A check before the messages. A message with `when` is sent only after that answer."""

    ask: Literal["loyalty_check"]
    after: Word
    wait: StateName = "Wait for the check"
    question: StateName = "What is there to announce?"
    answer: StateName = "Something to announce, or nothing?"


class ShortFile(Part):
    about: About
    ends_with_order: StrictBool
    timings: dict[Word, Any]
    discounts: dict[Word, DiscountLine] = {}
    check: CheckLine | None = None
    messages: tuple[dict[Word, MessageLine], ...]
    close_after: Word | None = None

    @model_validator(mode="after")
    def _one_message_a_line(self) -> Self:
        if any(len(line) != 1 for line in self.messages):
            raise ValueError("a line of `messages` holds one message: `- NAME: { … }`")
        return self

    @property
    def named_messages(self) -> list[tuple[str, MessageLine]]:
        return [named for line in self.messages for named in line.items()]

    def wait_of(self, message: MessageLine) -> str:
        """Return the timing of the message's wait: its own, or that of the check before it."""
        return message.after or (self.check.after if self.check else "")


def summary_of(text: str) -> str:
    """Return the comment at the top of the file."""
    lines = re.match(r"(?:#[^\n]*\n)*", text)
    return " ".join(line.lstrip("# ").rstrip() for line in (lines[0] if lines else "").splitlines())
