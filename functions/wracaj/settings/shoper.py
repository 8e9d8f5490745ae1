"""The section `shoper` of a shop's settings."""

from typing import Annotated

from pydantic import Field

from wracaj.settings.sections import Section
from wracaj.settings.values import Url

Number = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,9}$")]
Code = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class ConsentFields(Section):
    """Boxes of the shop's order form, by the numbers of their additional fields."""

    email: Number | None = Field(
        None, description="The box by which shoppers agree to e-mail: 2; none: no box counts"
    )
    sms: Number | None = Field(
        None, description="The box by which shoppers agree to SMS: 3; none: no box counts"
    )


class ShoperSettings(Section):
    basket_url: Url = Field(
        description=(
            "The shop's basket page, on one of the recovery_hosts: messages lead there, because"
            " no link of Shoper's is known that brings a cart back"
        )
    )
    api_url: Url | None = Field(
        None, description="Where webapi/rest answers without a redirect; none: at the shop's url"
    )
    currencies: dict[Number, Code] = Field(
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
