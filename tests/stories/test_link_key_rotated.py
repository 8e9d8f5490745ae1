"""`wracaj link-key`: links of mails that left before, around and after a rotation."""

import json

import pytest
from typer.testing import CliRunner, Result

from support.stories.cloud import Cloud
from support.stories.people import ANIA
from support.stories.story import Story
from support.stories.telling import a_story
from wracaj.aws import link_secret
from wracaj_cli.main import app

SLIPS = ['{"keys": [', '"keys": [{"key": "' + "k" * 64 + '"}]}', "k" * 64 + "\n", "k", ""]
STATES = ["signs_from", "accepted_until", "state", "opens"]


@pytest.fixture
def shop(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Story:
    monkeypatch.setattr("wracaj_cli.link_key.find_target", lambda _: cloud.target)
    monkeypatch.setitem(cloud.values, "link-key", "k" * 64)
    link_secret.forget()
    return a_story(cloud)


def say(*arguments: str) -> Result:
    done = CliRunner().invoke(app, ["link-key", *arguments])
    assert done.exit_code == 0, done.output
    return done


def states() -> list[tuple[str, str]]:
    return [(row["state"], row["opens"]) for row in json.loads(say("show", "--json").stdout)]


def test_links_open_before_during_and_after_a_rotation(shop: Story) -> None:
    shop.checkout("c1", ticked=("email",), email=ANIA)
    shop.hours(4)
    (first,) = shop.mails_to(ANIA)
    told = say("rotate", "--yes").stdout
    assert "signs from" in told
    assert states() == [("will sign", "all links"), ("signs", "all links")]
    shop.hours(1)
    assert states() == [("signs", "all links"), ("accepted", "all links")]
    shop.days(3)
    last = shop.mails_to(ANIA)[-1]
    assert last is not first
    for mail in (first, last):
        assert shop.get(mail.link("c"))["statusCode"] in {302, 303}
        assert shop.get(mail.link("p"))["statusCode"] == 200
    assert shop.post(first.link("u"), "")["statusCode"] == 200


def test_after_a_leak_old_links_unsubscribe_and_open_nothing(shop: Story) -> None:
    shop.checkout("c1", ticked=("email",), email=ANIA)
    shop.hours(4)
    (first,) = shop.mails_to(ANIA)
    say("rotate", "--leaked", "--yes")
    shop.hours(1)
    assert states() == [("signs", "all links"), ("accepted", "unsubscribes only")]
    assert shop.get(first.link("c"))["statusCode"] == 404
    assert shop.get(first.link("p"))["statusCode"] == 404
    assert shop.post(first.link("u"), "")["statusCode"] == 200
    shop.days(3)
    assert shop.mails_to(ANIA) == [first]  # the stop was heard


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_in_the_secret_kills_no_link_where_its_keys_are_known(
    shop: Story, cloud: Cloud, slip: str, caplog: pytest.LogCaptureFixture
) -> None:
    shop.checkout("c1", ticked=("email",), email=ANIA)
    shop.hours(4)
    (mail,) = shop.mails_to(ANIA)
    assert shop.get(mail.link("u"))["statusCode"] == 200
    cloud.values["link-key"] = slip
    shop.hours(1)
    assert shop.get(mail.link("u"))["statusCode"] == 200
    assert "secret of the link keys cannot be used" in caplog.text
    assert shop.get(mail.link("u"))["statusCode"] == 200
    assert caplog.text.count("cannot be used") == 1  # told once in five minutes
    link_secret.forget()  # a new process knows no key
    assert shop.get(mail.link("u"))["statusCode"] == 503
    cloud.values["link-key"] = "k" * 64
    assert shop.post(mail.link("u"), "")["statusCode"] == 200


def test_no_key_is_ever_printed(shop: Story, cloud: Cloud) -> None:
    told = say("rotate", "--yes").stdout + say("show").stdout + say("show", "--json").stdout
    keys = [one["key"] for one in json.loads(cloud.values["link-key"])["keys"]]
    assert len(keys) == 2 and not [key for key in keys if key in told]


def test_whoever_does_not_confirm_rotates_nothing(shop: Story, cloud: Cloud) -> None:
    done = CliRunner().invoke(app, ["link-key", "rotate"], input="n\n")
    assert done.exit_code == 1
    assert cloud.values["link-key"] == "k" * 64


def test_the_key_of_identifiers_is_not_rotated_by_mistake(
    shop: Story, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    wrong = replace(cloud.target, link_key=cloud.target.identifiers_key)
    monkeypatch.setattr("wracaj_cli.link_key.find_target", lambda _: wrong)
    before = dict(cloud.values)
    done = CliRunner().invoke(app, ["link-key", "rotate", "--yes"])
    assert done.exit_code == 1 and "never changed" in done.output
    assert cloud.values == before
