"""`wracaj shop test-event --send-to`: the last step of connecting a shop is a mail that its
developer can see."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from support.local_stack import RunningStack
from support.shop_files import GOOD, Wracaj, a_file, named
from wracaj.consent.channel import Channel
from wracaj.customers.identity import identifier_reached_by
from wracaj_cli.local import SentMessage
from wracaj_cli.shops.settings_file import example
from wracaj_cli.shops.target import Target

WARSAW = ZoneInfo("Europe/Warsaw")
AFTER_THREE_HOURS = "timings: { abandoned_cart: { first_email_after_hours: 3 } }\n"


def mails_to(stack: RunningStack, address: str) -> list[SentMessage]:
    return [message for message in stack.outbox() if message.to == address]


@pytest.mark.parametrize("platform", ["generic", "woocommerce"])
def test_time_jumps_until_the_reminder_is_in_the_outbox(
    wracaj: Wracaj, stack: RunningStack, tmp_path: Path, platform: str
) -> None:
    shop, address = f"pierwszy-{platform}", f"ja@{platform}.example"
    wracaj("put", a_file(tmp_path, named(shop, example(platform) + AFTER_THREE_HOURS)))
    before = stack.now()
    told = wracaj("test-event", shop, "--send-to", f"J{address[1:]}", "--total", "250")
    assert told.exit_code == 0, told.output
    (mail,) = mails_to(stack, address)
    assert (mail.tags["shop"], mail.tags["step"]) == (shop, "first_email")
    assert "250,00" in mail.text
    assert timedelta(hours=3) <= mail.at - before < timedelta(hours=18)
    assert (
        f"“{mail.subject}” to {address}, {mail.at.astimezone(WARSAW):%Y-%m-%d %H:%M}"
        " (Europe/Warsaw)" in told.stdout
    )
    assert "wracaj local outbox --open" in told.stdout
    assert stack.now() - mail.at < timedelta(hours=2)


def test_where_a_yes_must_be_confirmed_the_question_comes_first(
    wracaj: Wracaj, stack: RunningStack, tmp_path: Path
) -> None:
    wracaj("put", a_file(tmp_path, named("drugi-mail", GOOD + "double_opt_in: [email]\n")))
    told = wracaj("test-event", "drugi-mail", "--send-to", "ja@drugi.example")
    assert told.exit_code == 0, told.output
    (mail,) = mails_to(stack, "ja@drugi.example")
    assert mail.tags["timeline"] == "confirm_consent"
    assert "double_opt_in" in told.stdout and "follow the link in that mail" in told.stdout


RULES = "cart_timelines:\n  - { timeline: none, cart_total_below: 200, currency: PLN }\n"


def test_a_mail_that_will_not_come_is_told_at_once_with_the_reason(
    wracaj: Wracaj, stack: RunningStack, tmp_path: Path
) -> None:
    wracaj("put", a_file(tmp_path, named("bez-maila", GOOD + RULES)))
    before = stack.now()
    told = wracaj("test-event", "bez-maila", "--send-to", "ja@bez.example")
    assert told.exit_code == 1
    assert (
        "No mail will come. Its timeline is none: rule 1 of the shop's `cart_timelines` says so."
        in told.stderr
    )
    assert stack.now() - before < timedelta(hours=1)
    assert mails_to(stack, "ja@bez.example") == []


def test_an_address_that_was_given_up_gets_none_and_the_reason_is_in_words(
    wracaj: Wracaj, stack: RunningStack, target: Target, tmp_path: Path
) -> None:
    wracaj("put", a_file(tmp_path, named("odbity")))
    wracaj("test-event", "odbity", "--email", "ja@odbity.example")
    name = identifier_reached_by("odbity", Channel.EMAIL, "ja@odbity.example")
    target.store().customers.amend_one(
        "odbity", name, lambda known: known.suppressing(Channel.EMAIL, "bounce")
    )
    told = wracaj("test-event", "odbity", "--send-to", "ja@odbity.example")
    assert told.exit_code == 1
    assert "first_email: not sent: the address is suppressed" in told.stderr
    assert mails_to(stack, "ja@odbity.example") == []


def test_in_aws_it_says_when_the_mail_is_due_and_nothing_jumps(
    wracaj: Wracaj,
    stack: RunningStack,
    target: Target,
    environment: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    wracaj("put", a_file(tmp_path, named("w-chmurze", GOOD + AFTER_THREE_HOURS)))
    environment.setattr(
        "wracaj_cli.shops.trying.find_target", lambda _: Target(**{**vars(target), "home": None})
    )
    before = stack.now()
    told = wracaj("test-event", "w-chmurze", "--send-to", "ja@chmura.example")
    assert told.exit_code == 0, told.output
    assert (
        "The mail to ja@chmura.example is due " in told.stdout and "(Europe/Warsaw)" in told.stdout
    )
    due = told.stdout.partition("is due ")[2][:16]
    assert f"{(before + timedelta(hours=3)).astimezone(WARSAW):%Y-%m-%d %H:%M}" <= due
    assert 9 <= int(due[11:13]) < 20
    assert stack.now() - before < timedelta(hours=1)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--send-to", "nikt"), "'nikt' is no e-mail address; write one such as me@shop.example"),
        (("--send-to", "a@b.example", "--email", "c@d.example"), "give either --email"),
        (("--total", "dużo"), "'dużo' is no amount above 0; write it with a point, such as 250.00"),
        (("--total", "0"), "is no amount above 0"),
        (("--total", "NaN"), "is no amount above 0"),
    ],
)
def test_what_is_typed_wrong_is_told_before_anything_is_sent(
    wracaj: Wracaj, options: tuple[str, ...], says: str
) -> None:
    told = wracaj("test-event", "kubek", *options)
    assert (told.exit_code, told.stdout) == (1, "")
    assert says in told.stderr
