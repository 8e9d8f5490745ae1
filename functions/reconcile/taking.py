"""Takes one changed record as its webhooks would have come in."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from reconcile.known import was_told
from reconcile.outcome import Outcome
from wracaj.aws.observability import count, logger, place_of
from wracaj.clock import now, real_now
from wracaj.errors import PayloadError, Problem
from wracaj.events import CartUpdated, OrderPlaced, ShopEvent
from wracaj.platforms import Changed, Ignored, Parsed, Told, WebhookRequest, platform
from wracaj.services.intake.dispatch import Intake
from wracaj.settings.shop import Shop
from wracaj.webhooks.problems import WebhookProblem, shortened
from wracaj.webhooks.shop_clock import as_received

ON_ITS_WAY = timedelta(minutes=2)  # a webhook may still come


class Verdict(NamedTuple):
    """Whether a webhook had told of an event. `kind`: the event's name."""

    kind: str
    is_known: bool


@dataclass
class Taking:
    shop: Shop
    intake: Intake
    outcome: Outcome

    def take(self, changed: Changed) -> None:
        """When this returns, what the record says is applied, and noted for the archive where it
        was new. A record that cannot be read is kept as a problem, like such a webhook."""
        verdicts: list[Verdict] = []
        for told in changed.told:
            try:
                verdicts += self._take_webhook(told)
            except PayloadError as error:
                count("WebhookInvalid")
                self._keep(told.topic, error.problems)
        for parsed in changed.parsed:
            verdicts += self._take_parsed(parsed)
        self._count(changed, verdicts)

    def _take_webhook(self, told: Told) -> list[Verdict]:
        return self._take_parsed(self._parsed(told))

    def _take_parsed(self, parsed: Parsed) -> list[Verdict]:
        """What is known is applied all the same, since its webhook may have failed half-way. The
        archive has it already."""
        settings = self.shop.settings
        if isinstance(parsed.told, Ignored):
            if parsed.warnings:
                self._keep(parsed.topic, parsed.warnings)
            return []
        events = [self._received(event) for event in parsed.told]
        known = [was_told(self.intake.store, settings, event) for event in events]
        is_news = False in known or True not in known
        for event in events:
            if is_news:
                self.intake.take(settings, event)
                count(type(event).__name__)
            else:
                self.intake.apply(settings, event)
        return [
            Verdict(type(event).__name__, is_known)
            for event, is_known in zip(events, known, strict=True)
            if is_known is not None
        ]

    def _parsed(self, told: Told) -> Parsed:
        settings, module = self.shop.settings, platform(self.shop.settings.platform)
        body = json.dumps(told.body, ensure_ascii=False, default=str).encode()
        secret, at = self.shop.secrets.webhook_secrets[0], real_now()
        headers = module.sign(told.topic, body, settings, secret, at)
        return module.parse(WebhookRequest(headers, body, at), settings)

    def _received(self, event: ShopEvent) -> ShopEvent:
        """Limit its times to now. The shop tells by its own clock when an order was placed, so it
        counts as heard of then, as by a webhook in time: carts since are other purchases."""
        received = as_received(event, now())
        if isinstance(received, OrderPlaced) and received.heard_at:
            heard_at = min(received.heard_at, received.placed_at)
            return received.model_copy(update={"heard_at": heard_at})
        return self._under_its_cart(received) if isinstance(received, CartUpdated) else received

    def _under_its_cart(self, event: CartUpdated) -> CartUpdated:
        """An API may know a checkout only by its own id, and webhooks told the cart's."""
        store, shop = self.intake.store, self.shop.id
        carts = (store.orders.known_cart(shop, id_) for id_ in sorted(event.checkout_ids))
        cart_id = next(filter(None, carts), event.cart_id)
        return event.model_copy(update={"cart_id": cart_id})

    def _count(self, changed: Changed, verdicts: Sequence[Verdict]) -> None:
        """What changed before the shop was switched on, no webhook could tell."""
        outcome = self.outcome
        untold = {verdict.kind for verdict in verdicts if not verdict.is_known}
        outcome.kinds_told |= {verdict.kind for verdict in verdicts if verdict.is_known}
        if not verdicts:
            return
        if not untold:
            outcome.told += 1
            outcome.told_at = _later(outcome.told_at, changed.at)
        elif self._should_be_told(changed.at):
            outcome.untold += 1
            outcome.untold_at = _later(outcome.untold_at, changed.at)
            outcome.kinds_untold |= untold
        else:
            outcome.not_judged += 1

    def _should_be_told(self, at: datetime) -> bool:
        switched_on_at = self.shop.settings.switched_on_at
        return at <= now() - ON_ITS_WAY and (switched_on_at is None or at >= switched_on_at)

    def _keep(self, topic: str, problems: Sequence[Problem]) -> None:
        """Best effort, as for webhooks."""
        problem = WebhookProblem(
            at=now(), answered=422, topic=topic, problems=tuple(shortened(problems))
        )
        try:
            self.intake.store.webhook_problems.put(self.shop.id, problem)
        except Exception as error:
            logger.warning(
                "problem not kept",
                extra={"shop": self.shop.id, "error": type(error).__name__, "at": place_of(error)},
            )


def _later(known: datetime | None, at: datetime) -> datetime:
    return max(known, at) if known else at
