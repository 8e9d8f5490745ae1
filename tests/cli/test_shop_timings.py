"""A shop's own timings: what `shop put` refuses, and what `timeline show --shop` shows."""

import json
from pathlib import Path

import pytest

from support.local_stack import RunningStack
from support.shop_files import Wracaj, a_file, named, run, stored
from wracaj.aws.shop_config import settings_name
from wracaj_cli.shops.settings_file import (
    EXAMPLES,
    as_yaml,
    example,
    read_settings,
    read_texts,
)
from wracaj_cli.shops.target import Target, find_target

pytestmark = pytest.mark.usefixtures("frozen_timelines")

OWN = "timings: {{ abandoned_cart: {{ {} }} }}\n"
RESCUE = (
    "timelines: [multichannel_rescue]\ncart_timelines: [{ timeline: multichannel_rescue }]\n"
    "timings: { multichannel_rescue: { discount_valid_days: 2 } }\n"
)
MISTAKES = {
    "a timeline that there is not": (
        "timings: { abandoned_crat: { sms_after_hours: 2 } }\n",
        "timings.abandoned_crat: is no timeline; did you mean `abandoned_cart`?",
    ),
    "a name that the timeline does not have": (
        OWN.format("frist_email_after_hours: 2"),
        "timings.abandoned_cart.frist_email_after_hours: is no timing of abandoned_cart; "
        "did you mean `first_email_after_hours`?",
    ),
    "zero": (OWN.format("sms_after_hours: 0"), "not a positive duration"),
    "more than a year": (OWN.format("sms_after_hours: 9000"), "more than a year"),
    "a year in all": (
        OWN.format("sms_after_hours: 5000, discount_email_after_hours: 5000"),
        "timings.abandoned_cart: all waits together take 416 d",
    ),
    "longer than carts are kept": (
        OWN.format("sms_after_hours: 2400"),
        "takes 101 days, and carts go after keep_days (90)",
    ),
    "a discount over 100": (
        OWN.format("discount_percent: 101"),
        "timings.abandoned_cart.discount_percent: `discount_percent`: discount_email cannot",
    ),
    "a code that expires before it is told again": (
        RESCUE,
        "push: repeats a code that expires just",
    ),
    "a number in place of a word": (
        OWN.format("discount_if_unavailable: 3"),
        "write send_without or skip",
    ),
}
MISTAKES["a comma"] = (
    "timings:\n  abandoned_cart:\n    sms_after_hours: 2,5\n",
    "timings.abandoned_cart.sms_after_hours: must be a number, with a point before its decimals",
)
MISTAKES["a misspelt word"] = (
    OWN.format("discount_if_unavailable: skp"),
    "must be send_without or skip (given: 'skp'); did you mean `skip`?",
)
MISTAKES["a word in place of a number"] = (
    OWN.format("sms_after_hours: soon"),
    "timings.abandoned_cart.sms_after_hours: `sms_after_hours` is 'soon': not a number",
)
for odd, how in {
    '"2"': "write 2, without quotes",
    "'2.5'": "write 2.5, without quotes",
    "010": "write 10, without a leading zero",
    "1_0": "write 10, with digits only",
    "1:30": "such as 2.5",
    "1.0e+1": "such as 2.5",
}.items():
    MISTAKES[f"an hour as {odd}"] = (OWN.format(f"first_email_after_hours: {odd}"), how)
    MISTAKES[f"a percent as {odd}"] = (OWN.format(f"discount_percent: {odd}"), how)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_timing_that_cannot_be_is_refused_and_nothing_is_stored(
    wracaj: Wracaj, target: Target, tmp_path: Path, mistake: str
) -> None:
    text, said = MISTAKES[mistake]
    result = wracaj("put", a_file(tmp_path, named("pomylka") + text))
    assert result.exit_code == 1
    assert said in result.stderr
    with pytest.raises(Exception, match="there is no shop 'pomylka'"):
        stored(target, "pomylka")


@pytest.mark.parametrize("platform", EXAMPLES)
def test_other_settings_may_stand_in_quotes(tmp_path: Path, platform: str) -> None:
    plain, quoted = tmp_path / "plain.yaml", tmp_path / "quoted.json"
    plain.write_text(example(platform), encoding="utf-8")
    quoted.write_text(json.dumps(read_texts(plain)), encoding="utf-8")
    assert '"9:00"' in quoted.read_text(encoding="utf-8")
    assert as_yaml(read_settings(quoted)) == as_yaml(read_settings(plain))


def test_good_timings_are_kept_as_numbers(wracaj: Wracaj, target: Target, tmp_path: Path) -> None:
    text = OWN.format(
        "first_email_after_hours: 1.5, discount_percent: 15, discount_if_unavailable: skip"
    )
    assert wracaj("put", a_file(tmp_path, named("swoje") + text)).exit_code == 0
    own = stored(target, "swoje").settings.timings["abandoned_cart"]
    assert own == {
        "first_email_after_hours": 1.5,
        "discount_percent": 15,
        "discount_if_unavailable": "skip",
    }
    assert isinstance(own["discount_percent"], int)


@pytest.fixture
def shown_from(stack: RunningStack, environment: pytest.MonkeyPatch) -> None:
    """`wracaj timeline show --shop` asks the stack of these tests."""
    environment.setattr(
        "wracaj_cli.shops.target.find_target", lambda name: find_target(name, home=stack.home)
    )


@pytest.mark.usefixtures("shown_from")
def test_the_timeline_is_shown_with_the_shop_s_own_timings(
    wracaj: Wracaj, target: Target, tmp_path: Path
) -> None:
    wracaj("put", a_file(tmp_path, named("pokaz") + OWN.format("first_email_after_hours: 2")))
    shown = run("timeline", "show", "abandoned_cart", "--shop", "pokaz")
    assert shown.exit_code == 0, shown.output
    assert "2 d 2 h" in shown.stdout
    assert "pokaz has its own first_email_after_hours: 2" in shown.stdout
    words = " ".join(shown.stdout.split())
    assert "those of pokaz itself once `wracaj shop put` has stored them; running ones" in words
    assert "its own" not in run("timeline", "show", "win_back", "--shop", "pokaz").stdout
    assert "there is no shop" in run("timeline", "show", "win_back", "--shop", "nikt").stderr


@pytest.mark.usefixtures("shown_from")
def test_a_name_that_a_release_drops_is_told_and_ignored(
    wracaj: Wracaj, target: Target, tmp_path: Path
) -> None:
    wracaj("put", a_file(tmp_path, named("dawny") + OWN.format("sms_after_hours: 20")))
    parameters, name = target.client("ssm"), settings_name(target.stage, "dawny")
    text = parameters.get_parameter(Name=name)["Parameter"]["Value"]
    older = text.replace('"sms_after_hours": 20', '"sms_after_hours": 20, "pigeon_after_days": 1')
    assert older != text
    parameters.put_parameter(Name=name, Value=older, Overwrite=True)
    for arguments in (
        ("shop", "show", "dawny"),
        ("timeline", "show", "abandoned_cart", "--shop", "dawny"),
    ):
        told = run(*arguments)
        assert told.exit_code == 0, told.output
        assert "Mind: timings.abandoned_cart.pigeon_after_days is no timing" in told.stderr
        assert "It is ignored." in told.stderr
