"""Ania and a stranger, who have only an address in common, which one of them typed. Whatever the
stranger does, Ania gets the same messages as without them, and the stranger gets nothing of hers.

The stranger always has a stronger identifier than Ania's address that they type: an account of
their own, or their own mail address if they type her phone. Only for her phone can they stop
messages. No SMS is sent to a phone that any later order names, nor to a guest's phone if an account
whose record names it has opted out. And if they type her address and tick its box, she may get
reminders of their own carts.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from support.builders import HOUR, NOON
from support.stories.cloud import Cloud, a_cloud
from support.stories.people import ANIA, ANIAS_PHONE, HER_NAME, STRANGER, STRANGERS_PHONE
from support.stories.standing import points_of
from support.stories.story import Story
from support.stories.telling import a_story

UNCAPPED = {"hours_between_same_channel": 0, "messages_in_7_days": 50}
HERS = ("hers", "hers-later")
THEIRS = ("theirs", "theirs-too")
TICKED = st.sampled_from([(), ("email",), ("sms",), ("email", "sms")])


DEEDS = ["checkout", "order", "record", "agrees", "refuses", "stop"]


@dataclass(frozen=True)
class Deed:
    """One thing that the stranger does, so many hours after the beginning."""

    hour: int
    what: str
    how: tuple[Any, ...]
    who: tuple[tuple[str, str], ...]

    def do(self, story: Story) -> None:
        getattr(self, f"_{self.what}")(story, dict(self.who))

    def _checkout(self, story: Story, who: dict[str, Any]) -> None:
        cart, ticked = self.how
        story.checkout(cart, ticked=ticked, **who)

    def _order(self, story: Story, who: dict[str, Any]) -> None:
        order, cart = self.how
        story.order(order, cart=cart, total="300.00", **who)

    def _record(self, story: Story, who: dict[str, Any]) -> None:
        story.record("stranger", **{name: value for name, value in who.items() if name != "id"})

    def _agrees(self, story: Story, who: dict[str, Any]) -> None:
        story.agrees(*self.how, **who)

    def _refuses(self, story: Story, who: dict[str, Any]) -> None:
        story.refuses(*self.how, **who)

    def _stop(self, story: Story, who: dict[str, Any]) -> None:
        for message in (story.sent_to(STRANGER) + story.sent_to(STRANGERS_PHONE))[-1:]:
            message.stop()

    def _redact(self, story: Story, who: dict[str, Any]) -> None:
        story.redact(orders=(), **who)

    def may_silence_her_phone(self, her_id: str | None) -> bool:
        return self.what in ({"order"} if her_id else {"order", "refuses", "stop"})


@st.composite
def deeds(draw: st.DrawFn, mails: list[str], phones: list[str], kinds: list[str] = DEEDS) -> Deed:
    what = draw(st.sampled_from(kinds))
    email = STRANGER if what == "redact" else draw(st.sampled_from(mails))
    phone = draw(st.sampled_from([*phones, None]))
    has_account = (
        email == ANIA or what in ("record", "agrees", "refuses", "redact") or draw(st.booleans())
    )
    who = {"id": "stranger" if has_account else None, "email": email, "phone": phone}
    how: tuple[Any, ...] = ()
    if what == "checkout":
        how = (draw(st.sampled_from(THEIRS)), draw(TICKED))
    if what == "order":
        how = (draw(st.sampled_from(["o1", "o2"])), draw(st.sampled_from([*THEIRS, None])))
    if what in ("agrees", "refuses"):
        how = (draw(st.sampled_from(["email", "sms"])) if phone else "email",)
    return Deed(
        draw(st.integers(0, 60)),
        what,
        how,
        tuple((name, value) for name, value in who.items() if value),
    )


def lived(cloud: Cloud, platform_id: str, her_id: str | None, theirs: tuple[Deed, ...]) -> Story:
    """Ania buys, leaves a cart, and another a day later; the stranger does what they do."""
    story = a_story(cloud, platform_id, frequency_cap=UNCAPPED)
    she: dict[str, Any] = {"id": her_id, "email": ANIA, "phone": ANIAS_PHONE}
    if her_id:
        story.record(her_id, email=ANIA, phone=ANIAS_PHONE, name="Zofia")
    story.order("before", total="780.00", **she)
    hers = {
        1: lambda: story.checkout("hers", **she),
        30: lambda: story.checkout("hers-later", **she),
    }
    for hour in sorted({*hers, *(deed.hour for deed in theirs)}):
        story.days((NOON + (hour + 1) * HOUR - story.now) / (24 * HOUR))
        hers.get(hour, lambda: None)()
        for deed in theirs:
            if deed.hour == hour:
                deed.do(story)
    story.days(5)
    return story


def of_hers(story: Story, address: str) -> list[tuple[Any, ...]]:
    """What this address was told of her carts, and when."""
    told = story.sent_to(address)
    return [(one.delivery.at, one.cart, one.delivery.subject) for one in told if one.cart in HERS]


@dataclass(frozen=True)
class Life:
    mails: list[tuple[Any, ...]]
    texts: list[tuple[Any, ...]]


@cache
def without_the_stranger(platform_id: str, her_id: str | None) -> Life:
    with a_cloud(NOON) as cloud:
        story = lived(cloud, platform_id, her_id, ())
        life = Life(of_hers(story, ANIA), of_hers(story, ANIAS_PHONE))
    assert life.mails and life.texts
    return life


def check(platform_id: str, her_id: str | None, theirs: tuple[Deed, ...]) -> None:
    alone = without_the_stranger(platform_id, her_id)
    with a_cloud(NOON) as cloud:
        story = lived(cloud, platform_id, her_id, theirs)
        assert of_hers(story, ANIA) == alone.mails
        if any(deed.may_silence_her_phone(her_id) for deed in theirs):
            assert set(of_hers(story, ANIAS_PHONE)) <= set(alone.texts)
        else:
            assert of_hers(story, ANIAS_PHONE) == alone.texts
        for address in (STRANGER, STRANGERS_PHONE):
            assert of_hers(story, address) == []
            assert not [
                message
                for message in story.sent_to(address)
                if HER_NAME in message.text or "780" in message.text
            ]
        she = {"id": her_id} if her_id else {"email": ANIA}
        assert points_of(story, **she) == 780


# A story takes a while; and without shrinking as long as it is known to fail: that would take
# minutes.
QUICK = settings(
    max_examples=settings().max_examples // 10, phases=(Phase.explicit, Phase.reuse, Phase.generate)
)
on_both = pytest.mark.parametrize("platform_id", ["generic", "shopify"])


def some(deed: st.SearchStrategy[Deed]) -> st.SearchStrategy[tuple[Deed, ...]]:
    return st.lists(deed, min_size=1, max_size=8).map(tuple)


@on_both
@QUICK
@given(data=st.data())
def test_a_stranger_who_types_nothing_of_hers_changes_nothing(
    platform_id: str, data: st.DataObject
) -> None:
    check(
        platform_id,
        "ania",
        data.draw(some(deeds([STRANGER], [STRANGERS_PHONE], [*DEEDS, "redact"]))),
    )


@on_both
@QUICK
@given(data=st.data())
def test_whatever_a_stranger_does_a_customer_gets_what_she_would_get_without_them(
    platform_id: str, data: st.DataObject
) -> None:
    """Who types a mail address at Shopify is looked up by it, so there they type her phone only."""
    mails = [STRANGER, ANIA] if platform_id == "generic" else [STRANGER]
    check(
        platform_id,
        "ania",
        data.draw(some(deeds(mails, [ANIAS_PHONE, STRANGERS_PHONE], [*DEEDS, "redact"]))),
    )


@on_both
@QUICK
@given(data=st.data())
def test_whatever_a_stranger_does_a_guest_gets_what_she_would_get_without_them(
    platform_id: str, data: st.DataObject
) -> None:
    check(platform_id, None, data.draw(some(deeds([STRANGER], [ANIAS_PHONE, STRANGERS_PHONE]))))
