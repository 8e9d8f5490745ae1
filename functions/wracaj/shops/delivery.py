"""One verified webhook on its way through a shop module."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wracaj.events import ShopEvent
from wracaj.settings import ShopSettings
from wracaj.shops import Ignored

Reading = tuple[ShopEvent, ...] | Ignored


@dataclass(frozen=True)
class Delivery:
    """`sent_at` stands in where the body names no time."""

    topic: str
    body: dict[str, Any]
    settings: ShopSettings
    sent_at: datetime
    sequence: str = ""  # see wracaj.events.Event

    @property
    def region(self) -> str:
        return self.settings.phone_region
