"""Texts and addresses as shops and shoppers really write them."""

import unicodedata

import pytest

from support.stories.cloud import Cloud
from support.stories.people import ANIA, generic
from support.stories.story import Story
from support.stories.telling import a_story

DOMAIN = "żółw.example"
ASCII = DOMAIN.encode("idna").decode()
SPELLINGS = {
    "in Polish letters": f"ala@{DOMAIN}",
    "in composed and decomposed letters": f"ala@{unicodedata.normalize('NFD', DOMAIN)}",
    "in capitals": f"ala@{DOMAIN.upper()}",
    "as the Internet writes it": f"ala@{ASCII}",
}
PASTED = {
    "what nobody sees": f"\u200b{ANIA}\ufeff",
    "a link": f"mailto:{ANIA}",
    "a dot": f"{ANIA}.",
    "a name": f"Ania <{ANIA}>",
}


@generic
def test_entities_and_tags_in_a_title_are_read_as_what_they_mean(story: Story) -> None:
    titles = ("Kubek &amp; spodek &#8211; 0,5&nbsp;l", "<b>Talerz</b> du&#380;y")
    items = [
        {"product_id": title, "title": title, "quantity": 1, "unit_price": "10.00"}
        for title in titles
    ]
    word = {"email": {"state": "subscribed", "updated_at": story.ago(days=1)}}
    ania, way_back = (
        {"email": ANIA, "first_name": "O&#8217;Neil"},
        "https://kubek.example/koszyk/c1",
    )
    what = {
        "customer": ania,
        "currency": "PLN",
        "total": "20.00",
        "items": items,
        "recovery_url": way_back,
    }
    story.say(
        "checkout.updated",
        cart_id="c1",
        consent=word,
        created_at=story.ago(),
        updated_at=story.ago(),
        **what,
    )
    story.hours(4)
    (mail,) = story.mails_to(ANIA)
    assert (
        "Kubek & spodek – 0,5 l" in mail.text
        and "Talerz duży" in mail.text
        and "O’Neil" in mail.text
    )
    html = mail.delivery.html.replace("\xa0", " ").replace("&nbsp;", " ")
    assert "Kubek &amp; spodek – 0,5 l" in html and "Talerz duży" in html
    assert not [part for part in ("&amp;amp;", "&amp;#", "&lt;b&gt;") if part in html]


@pytest.mark.parametrize("email", SPELLINGS.values(), ids=SPELLINGS)
def test_a_domain_in_polish_letters_is_handed_over_as_mail_servers_know_it(
    story: Story, email: str
) -> None:
    story.checkout("c1", email=email)
    story.hours(4)
    assert [message.delivery.to for message in story.sent] == [f"ala@{ASCII}"]


@pytest.mark.parametrize("email", SPELLINGS.values(), ids=SPELLINGS)
def test_a_domain_is_the_same_however_it_is_spelt(story: Story, email: str) -> None:
    story.checkout("c1", email=f"ala@{DOMAIN}")
    story.order(email=email)
    story.days(5)
    assert story.sent == []


def test_a_way_back_may_lead_to_a_host_in_polish_letters(cloud: Cloud) -> None:
    story = a_story(cloud, recovery_hosts=[DOMAIN], url=f"https://{DOMAIN}")
    items = [{"product_id": "1", "title": "Kubek", "quantity": 1, "unit_price": "10.00"}]
    word = {"email": {"state": "subscribed", "updated_at": story.ago(days=1)}}
    what = {
        "customer": {"email": ANIA},
        "currency": "PLN",
        "total": "10.00",
        "items": items,
        "consent": word,
    }
    way_back = f"https://{DOMAIN}/koszyk/c1"
    story.say(
        "checkout.updated",
        cart_id="c1",
        recovery_url=way_back,
        created_at=story.ago(),
        updated_at=story.ago(),
        **what,
    )
    story.hours(4)
    (mail,) = story.mails_to(ANIA)
    assert story.get(mail.link("c"))["headers"]["location"] == f"https://{ASCII}/koszyk/c1"


@pytest.mark.parametrize("email", PASTED.values(), ids=PASTED)
def test_an_address_that_was_pasted_with_something_more_is_that_address(
    story: Story, email: str
) -> None:
    story.checkout("c1", email=email)
    story.hours(4)
    assert story.told_of(ANIA) == ["c1"]
