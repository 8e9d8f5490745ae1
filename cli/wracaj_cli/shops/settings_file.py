"""A shop's settings as YAML. Every value is read as text, and the settings' own types convert it.

YAML's own types would turn `9:00` into 540 seconds, `no` (also the code of Norway) into false, and
some phone numbers into other numbers.
"""

from pathlib import Path
from typing import Any

import yaml
from yaml.reader import ReaderError

from wracaj.errors import SettingsError
from wracaj.settings.reading import parse_settings
from wracaj.settings.shop import ShopSettings
from wracaj.text.plain_numbers import Quoted
from wracaj_cli.typed_files import control_character_in, read_text

EXAMPLES = {
    "shopify": (
        """\
platform: shopify
shopify:
  shop_domain: kubek-i-spolka.myshopify.com
  # client_id: 0123456789abcdef     # of an app in the Dev Dashboard, which has no API token
"""
    ),
    "woocommerce": (
        """\
platform: woocommerce
woocommerce:
  site_url: https://kubek.example         # where /wp-json and /checkout-link are
  consent_fields: { email: wracaj/email-consent }    # the checkout's box for e-mails
"""
    ),
    "shoper": (
        """\
platform: shoper
storefront:                               # carts come from the script in the shop's pages
  typed_emails: true
  consent:
    pl: Przypomnijcie mi e-mailem o tym koszyku, jeśli nie dokończę zakupów. Zgodę mogę wycofać.
  basket_url: https://kubek.example/pl/basket    # messages lead there; look where yours is
# shoper:
#   api_url: https://sklep123456.shoparena.pl    # if webapi/rest does not answer at `url`
#   consent_fields: { email: 2 }                 # the box of the order form that is an opt-in
"""
    ),
    "generic": (
        """\
platform: generic
# generic:
#   discount_url: https://kubek.example/wracaj/discount    # creates codes; or upload a pool
"""
    ),
}
EXAMPLE = """\
# One shop's settings. `wracaj shop put FILE` checks and stores them; secrets never stand here.
shop: {shop}                              # its name in the webhook address
{platform}
name: Kubek i Spółka                      # what shoppers know the shop by
postal_address: ul. Długa 5, 00-238 Warszawa
url: https://kubek.example
locale: pl                                # pl or en, for shoppers whose language is not known
time_zone: Europe/Warsaw
recovery_hosts: [kubek.example]           # links in messages lead to these hosts only
email:
  sender: Kubek i Spółka <sklep@kubek.example>
sms:
  sender_id: KUBEK
  plain_letters: true                     # ą as a, ł as l: 160 characters a segment instead of 70
send_window: {{ opens: 9:00, closes: 20:00 }}
frequency_cap: {{ hours_between_same_channel: 12, messages_in_7_days: 5 }}
discount: {{ {discount} }}          # a code works from this cart value on
"""


class _Loader(yaml.BaseLoader):
    """A loader that creates only texts, lists and dicts."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise SettingsError(
                    [
                        (
                            f"line {key.start_mark.line + 1}",
                            "is no key: write one word before the colon",
                        )
                    ]
                )
            if key.value in seen:
                raise SettingsError(
                    [
                        (
                            str(key.value),
                            f"stands twice, again in line {key.start_mark.line + 1}; remove one",
                        )
                    ]
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)

    def construct_scalar(self, node: Any) -> str:
        text = super().construct_scalar(node)
        return Quoted(text) if node.style in {"'", '"'} else text


def read_settings(path: Path) -> ShopSettings:
    """Read the settings. Raises SettingsError."""
    return parse_settings(read_texts(path))


def read_texts(path: Path) -> Any:
    """Read the file with every value as text. Raises SettingsError."""
    text = read_text(path)
    try:
        return _with_nulls(yaml.load(text, _Loader))  # noqa: S506
    except ReaderError as error:
        number, what = control_character_in(text, error.position)
        raise SettingsError([(f"line {number}", f"{what}; write this line anew")]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}" if mark else "the file"
        problem = getattr(error, "problem", None) or str(error)
        raise SettingsError(
            [(line, f"is not YAML: {problem}; check its indents, quotes and colons")]
        ) from None
    except RecursionError:
        raise SettingsError(
            [("the file", "is not YAML: it is nested too deep; check its brackets")]
        ) from None


def _with_nulls(value: Any) -> Any:
    """Replace `null` by None. An empty value stays an empty text, which no setting accepts."""
    if isinstance(value, dict):
        return {key: _with_nulls(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_nulls(inner) for inner in value]
    return None if value in {"~", "null"} else value


def example(platform: str) -> str:
    source = "source: pool, " if platform == "shoper" else ""
    return EXAMPLE.format(
        shop="kubek",
        platform=EXAMPLES[platform].rstrip(),
        discount=f"{source}minimum_total: 100",
    )


def as_yaml(settings: ShopSettings) -> str:
    """Return every setting with its value, including defaults."""
    return yaml.safe_dump(
        settings.model_dump(mode="json"), allow_unicode=True, sort_keys=False, width=120
    )
