"""The people in these stories. Ania is a customer. She and the stranger have only an address in
common, which somebody typed."""

from dataclasses import dataclass
from typing import Any

import pytest

ANIA, ANIAS_PHONE = "ania@poczta.example", "+48600100201"
STRANGER, STRANGERS_PHONE = "obcy@poczta.example", "+48600100202"
HER_NAME = "Zofi"  # Zofia, as mails begin: "Cześć, Zofio!"
FIRST, SECOND, FAMILY_PHONE = "ela@poczta.example", "jan@poczta.example", "+48600100203"


@dataclass(frozen=True)
class Way:
    """An address that identifies and reaches shoppers, and another address of its kind."""

    kind: str
    channel: str
    address: str
    other_address: str
    reminders: int  # reminders to this address about one abandoned cart

    @property
    def one(self) -> dict[str, Any]:
        return {self.kind: self.address}

    @property
    def other(self) -> dict[str, Any]:
        return {self.kind: self.other_address}


MAIL, PHONE = (
    Way("email", "email", FIRST, SECOND, 2),
    Way("phone", "sms", "+48600100204", "+48600100205", 1),
)
either_way = pytest.mark.parametrize("way", [MAIL, PHONE], ids=["by mail", "by phone"])
generic = pytest.mark.parametrize("story", ["generic"], indirect=True)
shopify = pytest.mark.parametrize("story", ["shopify"], indirect=True)
