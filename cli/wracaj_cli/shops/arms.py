"""The experiments that a shopper is in, in words and for scripts."""

from collections.abc import Mapping
from typing import Any

from wracaj.experiments.arms import Entry
from wracaj.language import Locale
from wracaj.settings.shop import ShopSettings
from wracaj_cli.experiments.words import arm_in_words
from wracaj_cli.outcome_words import Words, moment

SINCE = Words("{experiment}: {arm}, since {at}", "{experiment}: {arm}, od {at}")
MIXED = Words(", and in another arm under another name", ", a pod innym adresem w innym wariancie")


def arms_in_words(arms: Mapping[str, Entry], shop: ShopSettings, language: Locale) -> str:
    return "\n".join(
        SINCE.to(language).format(
            experiment=name,
            arm=arm_in_words(entry.arm, shop.experiments.get(name), language),
            at=moment(entry.at, shop.zone),
        )
        + (MIXED.to(language) if entry.mixed else "")
        for name, entry in sorted(arms.items())
    )


def arms_as_json(arms: Mapping[str, Entry]) -> list[dict[str, Any]]:
    return [
        {"experiment": name, "arm": entry.arm, "since": entry.at, "mixed": entry.mixed}
        for name, entry in sorted(arms.items())
    ]
