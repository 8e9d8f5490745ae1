"""The providers of the week, all on this machine: Meta, the browsers' push service, and Amazon's
reports of bounces."""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

from wracaj.consent.channel import Channel
from wracaj.errors import WracajError
from wracaj.settings.shop import Shop, ShopSettings
from wracaj_cli.demo.baskets import Contact
from wracaj_cli.demo.transport import Answer, call
from wracaj_cli.local import SentMessage, fake_meta
from wracaj_cli.local.fake_meta import FakeMeta, SentOnMessenger
from wracaj_cli.local.push_service import Pushed, PushService
from wracaj_cli.shops.registry import Given

WORDING = "Czy przypomnieć o koszyku powiadomieniem?"
QUESTION = "Dzień dobry, czy ten len się gniecie?"


class ProviderError(WracajError):
    """The API did not accept what a provider sent."""


@dataclass
class Providers:
    """`names`: shopper → their addresses at the providers."""

    meta: FakeMeta
    push: PushService
    notifications: list[SentMessage] = field(default_factory=list)
    names: dict[str, list[str]] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=lambda: count(7001002003001))

    def given(self, webhook_secret: str) -> Given:
        """Return the secrets of a shop that uses all providers."""
        return Given(
            webhook_secret,
            page_token=self.meta.page_token,
            app_secret=self.meta.app_secret,
            verify_token=secrets.token_hex(16),
            ads_token=self.meta.ads_token,
        )

    def settings(self, shop: ShopSettings) -> ShopSettings:
        """Return the shop's settings with these providers in place of the real ones."""
        assert shop.messenger
        here = {"graph_url": self.meta.url}
        self.meta.pages.add(shop.messenger.page_id)
        self.meta.audiences |= {audience.id: set() for audience in shop.audiences.values()}
        return shop.model_copy(
            update={
                "messenger": shop.messenger.model_copy(update=here),
                "audiences": {
                    name: audience.model_copy(update=here)
                    for name, audience in shop.audiences.items()
                },
            }
        )

    def keep_time_of(self, now: Callable[[], datetime]) -> None:
        self.meta.now = now

    def addresses(self, name: str) -> list[str]:
        return self.names.get(name, [])

    def messages(self) -> list[SentMessage]:
        return [
            *(_on_messenger(number, sent) for number, sent in enumerate(self.meta.messages)),
            *self.notifications,
        ]

    def shown(self, pushed: Pushed) -> None:
        told = pushed.payload
        self.notifications.append(
            SentMessage(
                channel=Channel.WEB_PUSH,
                message_id=f"web-push-{len(self.notifications)}",
                real_at=datetime.now(UTC),
                at=self.meta.now(),
                sender=str(pushed.claims["sub"]),
                to=pushed.subscription,
                subject=told["title"],
                text=f"{told['body']}\n{told['url']}",
            )
        )

    def subscribes(self, api_url: str, shop: Shop, name: str, cart_id: str) -> None:
        """Subscribe the browser, as the storefront's script does after its owner has allowed it."""
        assert shop.secrets.vapid_private_key
        from wracaj.web_push.encryption import public_key

        subscription = self.push.subscribe(public_key(shop.secrets.vapid_private_key))
        self.names.setdefault(name, []).append(subscription["endpoint"].rpartition("/")[2])
        told = {"cart_id": cart_id, "subscription": subscription, "wording": WORDING}
        headers = {"Content-Type": "text/plain;charset=UTF-8", "Origin": shop.settings.url}
        _taken(
            call("POST", f"{api_url}/push/{shop.id}", json.dumps(told).encode(), headers),
            "a subscription",
        )

    def forgets(self, name: str) -> None:
        for subscription in self.addresses(name):
            self.push.unsubscribe(subscription)

    def writes(self, api_url: str, shop: Shop, name: str, cart_id: str, at: datetime) -> None:
        """Open the conversation by the shop's m.me link, and write a question."""
        assert shop.settings.messenger
        page, psid = shop.settings.messenger.page_id, str(next(self._numbers))
        self.names.setdefault(name, []).append(psid)
        self.meta.wrote[psid] = at
        moment = int(at.timestamp() * 1000)
        who = {"sender": {"id": psid}, "recipient": {"id": page}, "timestamp": moment}
        came = {**who, "referral": {"ref": cart_id, "source": "SHORTLINK", "type": "OPEN_THREAD"}}
        asked = {**who, "message": {"mid": f"m_{psid}", "text": QUESTION}}
        entry = {"id": page, "time": moment, "messaging": [came, asked]}
        body = json.dumps({"object": "page", "entry": [entry]}).encode()
        headers = {
            "Content-Type": "application/json",
            "X-Hub-Signature-256": fake_meta.signature(self.meta.app_secret, body),
        }
        _taken(
            call("POST", f"{api_url}/messenger/{shop.id}", body, headers),
            "what a shopper wrote on Messenger",
        )

    def stays(self, contact: Contact) -> Iterator[tuple[datetime, datetime | None]]:
        """Return from when until when the shopper was in an audience, by the requests that Meta
        got."""
        joined: datetime | None = None
        for at, method, member in self.meta.history:
            if member[0] != _hashed(contact.email):
                continue
            if method == "POST":
                joined = joined or at
            elif joined:
                yield joined, at
                joined = None
        if joined:
            yield joined, None


def _taken(answer: Answer, what: str) -> None:
    if answer.status not in {200, 201, 202, 204}:
        raise ProviderError(f"{what} was answered {answer.status}: {answer.body[:300]}")


def _hashed(email: str | None) -> str:
    return hashlib.sha256((email or "nobody").encode()).hexdigest()


def _on_messenger(number: int, sent: SentOnMessenger) -> SentMessage:
    return SentMessage(
        channel=Channel.MESSENGER,
        message_id=f"messenger-{number}",
        real_at=datetime.now(UTC),
        at=sent.at,
        sender=sent.page_id,
        to=sent.to,
        text=f"{sent.text}\n[{sent.button}] {sent.url}",
    )


@contextmanager
def providers_open() -> Iterator[Providers]:
    with ExitStack() as open_:
        meta = FakeMeta(
            secrets.token_hex(16), f"EAAp{secrets.token_hex(16)}", f"EAAa{secrets.token_hex(16)}"
        )
        push = PushService()
        providers = Providers(
            open_.enter_context(fake_meta.serving(meta)), open_.enter_context(push)
        )
        push.on_delivery = providers.shown
        yield providers
