"""The pages' forms, parsed: limited in size, without any field that we did not ask for.

No token against cross-site request forgery is needed. The right to change anything comes from the
token in the path, not from a cookie. A site that does not know that token cannot post to its
address.
"""

import base64
import binascii
import calendar
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import parse_qs

from pydantic import Field, TypeAdapter, ValidationError

from wracaj.carts.abandonment_reasons import AbandonmentReason
from wracaj.consent.channel import Channel
from wracaj.consent.preferences import Pace, Topic
from wracaj.errors import WracajError
from wracaj.events import Frozen

MOST_BYTES = 4096
MOST_FIELDS = 30
LISTS = {"topic"}

Form = TypeVar("Form")


class FormError(WracajError):
    """Not a form of ours, or an incomplete one."""


class TopicsForm(Frozen):
    """The ticked topics are the wanted ones."""

    section: Literal["topics"]
    topic: tuple[Topic, ...] = ()


class ConsentForm(Frozen):
    section: Literal["consent"]
    channel: Channel
    answer: Literal["yes", "no"]
    wording: Annotated[str, Field(max_length=40)]  # version of the wording that was shown
    whose: Annotated[str, Field(max_length=40)]  # identifier of the address that was shown


class PaceForm(Frozen):
    section: Literal["pace"]
    pace: Pace | Literal["shop"]


class BirthdayForm(Frozen):
    section: Literal["birthday"]
    day: Annotated[str, Field(pattern=r"^([1-9]|[12][0-9]|3[01])?$")]
    month: Annotated[str, Field(pattern=r"^([1-9]|1[0-2])?$")]

    @property
    def birthday(self) -> str | None:
        """Such as "03-14". None: there is no such day."""
        if not self.day or not self.month:
            return None
        day, month = int(self.day), int(self.month)
        return f"{month:02}-{day:02}" if day <= calendar.monthrange(LEAP_YEAR, month)[1] else None


class NoBirthdayForm(Frozen):
    section: Literal["no_birthday"]


class StopForm(Frozen):
    section: Literal["stop"]


class DataLinkForm(Frozen):
    section: Literal["data"]


class DataForm(Frozen):
    section: Literal["show", "download", "erase", "erase_now"]


class WhyForm(Frozen):
    reason: AbandonmentReason


LEAP_YEAR = 2024
PreferenceForm = Annotated[
    TopicsForm | ConsentForm | PaceForm | BirthdayForm | NoBirthdayForm | StopForm | DataLinkForm,
    Field(discriminator="section"),
]
PREFERENCE_FORM: TypeAdapter[PreferenceForm] = TypeAdapter(PreferenceForm)
WHY_FORM: TypeAdapter[WhyForm] = TypeAdapter(WhyForm)
DATA_FORM: TypeAdapter[DataForm] = TypeAdapter(DataForm)


def fields_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """Raises FormError."""
    try:
        body = event.get("body") or ""
        if len(body) > 2 * MOST_BYTES:
            raise FormError("the form is too large")
        raw = (
            base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode()
        )
        text = raw.decode("ascii")  # everything else is percent-encoded
        if len(text) > MOST_BYTES:
            raise FormError("the form is too large")
        told = parse_qs(
            text,
            keep_blank_values=True,
            strict_parsing=bool(text),
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except (ValueError, binascii.Error) as error:
        raise FormError("the form cannot be read") from error
    return {
        name: tuple(values) if name in LISTS else _only(values) for name, values in told.items()
    }


def _only(values: list[str]) -> str:
    if len(values) != 1:
        raise FormError("a field stands twice")
    return values[0]


def read(adapter: TypeAdapter[Form], event: Mapping[str, Any]) -> Form:
    """Raises FormError."""
    try:
        return adapter.validate_python(fields_of(event))
    except ValidationError as error:
        raise FormError("the form is none of ours") from error
