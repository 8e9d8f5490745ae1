"""Who appears in these stories. Ania is a customer; the stranger shares with her nothing but an address that somebody typed."""

import pytest

ANIA, ANIAS_PHONE = "ania@poczta.example", "+48600100201"
STRANGER, STRANGERS_PHONE = "obcy@poczta.example", "+48600100202"
HER_NAME = "Zofi"  # Zofia, as mails begin: "Cześć, Zofio!"
FIRST, SECOND, FAMILY_PHONE = "ela@poczta.example", "jan@poczta.example", "+48600100203"

generic = pytest.mark.parametrize("story", ["generic"], indirect=True)
shopify = pytest.mark.parametrize("story", ["shopify"], indirect=True)
