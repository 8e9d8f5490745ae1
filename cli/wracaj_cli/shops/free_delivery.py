"""Free delivery that a shop gives without stating what a delivery costs it."""

from collections.abc import Iterator

from wracaj.loyalty.programme_cost import gives_free_shipping
from wracaj.settings.shop import ShopSettings

UNCOUNTED = (
    "{who} gives free delivery, and `economics.delivery_cost` is not set: whether the margin pays"
    " for it cannot be checked, and reports do not count its cost; set what one delivery costs the"
    " shop, without tax."
)


def uncounted(settings: ShopSettings) -> Iterator[str]:
    """Yield one sentence if the shop's programme or timelines give free delivery whose cost is not
    stated."""
    if settings.economics.delivery_cost is not None:
        return
    programme = gives_free_shipping(settings.loyalty) if settings.loyalty else []
    timelines = [name for name in settings.timelines if _timeline_gives_it(name)]
    who = [f"loyalty.{part}" for part in programme] + [f"timeline {name}" for name in timelines]
    if who:
        yield UNCOUNTED.format(who=who[0])


def _timeline_gives_it(name: str) -> bool:
    # imported here, because most commands do not need it
    from wracaj_cli.timelines.reading import UnreadableError, read_named
    from wracaj_cli.timelines.rules.shape import read_short

    try:
        short = read_short(read_named(name))
    except UnreadableError:
        return False  # `wracaj timeline check` tells
    return not isinstance(short, list) and any(
        line.free_shipping is True for line in short.discounts.values()
    )
