"""The section `shoper` of a shop's settings."""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from wracaj.settings.sections import Section
from wracaj.settings.values import Url

_NUMBER = re.compile(r"[1-9][0-9]{0,9}")


def _field_id(written: str) -> str:
    if not _NUMBER.fullmatch(written):
        raise ValueError(
            "must be the number of an additional field of the order, its field_id, such as 2"
        )
    return written


def _by_number(written: object) -> object:
    for number in written if isinstance(written, dict) else ():
        if not _NUMBER.fullmatch(str(number)):
            raise ValueError(
                f"{number!r} is no currency_id; write its number before the colon and the currency"
                ' behind it: { "1": PLN }'
            )
    return written


FieldId = Annotated[str, AfterValidator(_field_id)]
Code = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Currencies = Annotated[dict[str, Code], BeforeValidator(_by_number)]


class ConsentFields(Section):
    """Boxes of the shop's order form, by the numbers of their additional fields."""

    email: FieldId | None = Field(
        None, description="The box by which shoppers agree to e-mail: 2; none: no box counts"
    )
    sms: FieldId | None = Field(
        None, description="The box by which shoppers agree to SMS: 3; none: no box counts"
    )


class ShoperSettings(Section):
    api_url: Url | None = Field(
        None, description="Where webapi/rest answers without a redirect; none: at the shop's url"
    )
    currencies: Currencies = Field(
        {},
        max_length=50,
        description=(
            'Which currency each currency_id is: { "1": PLN }; those that are missing are asked'
            " from the shop's API"
        ),
    )
    consent_fields: ConsentFields = ConsentFields()
    check_signature: bool = Field(
        True,
        description=(
            "false: the token in the webhook's address is enough. Only where the shop signs in"
            " another way than is published"
        ),
    )
