"""A shop's settings as they were at each decision, and those that are tried out."""

from collections.abc import Mapping
from dataclasses import dataclass

from wracaj.settings.shop import ShopSettings


@dataclass(frozen=True)
class PastSettings:
    """`versions`: as the archive keeps them. `current`: in place of one that it does not keep.
    `tried`: with which the past is walked; None: with those of the time."""

    versions: Mapping[str, ShopSettings]
    current: ShopSettings
    tried: ShopSettings | None = None

    def walked(self, version: str) -> ShopSettings:
        return self.tried or self.versions.get(version, self.current)
