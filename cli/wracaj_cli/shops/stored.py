"""The stored shops."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import ValidationError

from wracaj.aws.shop_config import settings_name, stored_settings
from wracaj.errors import SettingsError, WracajError
from wracaj.settings.reading import explained
from wracaj.settings.shop import ShopSettings
from wracaj_cli.shops.target import Target

# of a parameter: https://docs.aws.amazon.com/general/latest/gr/ssm.html
MOST_BYTES = 8192


class UnreadableSettingsError(WracajError):
    """Another version stored settings that this version does not accept. `switched_on_at`: when the
    shop was switched on, if that can be read."""

    def __init__(
        self, shop: str, problems: list[tuple[str, str]], switched_on_at: datetime | None = None
    ) -> None:
        lines = "\n".join(f"  {key}: {problem}" for key, problem in problems)
        what = f"the stored settings of {shop!r} cannot be used by this version"
        super().__init__(f"{what}:\n{lines}\nMend its file, and put it again.")
        self.problems, self.switched_on_at = problems, switched_on_at


class Listed(NamedTuple):
    name: str
    settings: ShopSettings | None  # None: this version cannot read the stored settings
    problem: str | None = None


def all_shops(target: Target) -> list[Listed]:
    return [_listed(name, text) for name, text in sorted(_stored(target))]


def shop_names(target: Target) -> list[str]:
    return sorted(name for name, _ in _stored(target))


def readable(shop: str, text: str) -> ShopSettings:
    """Return the settings in the text. Raises UnreadableSettingsError."""
    try:
        return stored_settings(text)
    except ValidationError as error:
        raise UnreadableSettingsError(shop, explained(error), _switched_on_at(text)) from None


def as_stored(settings: ShopSettings) -> str:
    """Return settings as they are stored. Raises SettingsError for more than a parameter holds."""
    told = settings.model_dump(mode="json", exclude_defaults=True)
    text = _json(told)
    if len(text.encode()) <= MOST_BYTES:
        return text
    largest = max(told, key=lambda key: len(_json(told[key])))
    raise SettingsError(
        [
            (
                "the settings",
                f"take {len(text.encode()):,} bytes, and AWS stores {MOST_BYTES:,} of a shop; the"
                f" most is in `{largest}`, {len(_json(told[largest]).encode()):,}: make it shorter",
            )
        ]
    )


def _json(told: Any) -> str:
    return json.dumps(told, ensure_ascii=False)


def switched_on(target: Target) -> bool:
    """Return the state of the kill switch of the whole installation."""
    value: str = target.client("ssm").get_parameter(Name=f"/wracaj/{target.stage}/switch")[
        "Parameter"
    ]["Value"]
    return value.strip().lower() == "on"


def _stored(target: Target) -> Iterator[tuple[str, str]]:
    path = settings_name(target.stage, "").rstrip("/")
    for page in target.client("ssm").get_paginator("get_parameters_by_path").paginate(Path=path):
        for parameter in page["Parameters"]:
            yield parameter["Name"].rpartition("/")[2], parameter["Value"]


def _listed(name: str, text: str) -> Listed:
    try:
        return Listed(name, readable(name, text))
    except UnreadableSettingsError as error:
        key, problem = error.problems[0]
        return Listed(name, None, f"{key}: {problem}")


def _switched_on_at(text: str) -> datetime | None:
    with suppress(ValueError, TypeError, AttributeError):
        return datetime.fromisoformat(json.loads(text)["switched_on_at"])
    return None
