"""`wracaj shop …` on the running local stack: mistakes of a shop's developer, and shops and carts
that do not exist."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from support.local_stack import RunningStack, free_port
from support.shop_files import GOOD, SHOPIFY, Wracaj, a_file, named, run, stored
from wracaj_cli.shops import registry
from wracaj_cli.shops.post import post_webhook
from wracaj_cli.shops.target import Target, find_target, local_target

# --- what people get wrong ------------------------------------------------------------------------

MISTAKES = {
    "no YAML": ("shop: [kubek", "is not YAML"),
    "a tab": ("shop: kubek\n\tname: x", "is not YAML"),
    "a bell": (
        "shop: kubek\nname: Ku\abek\n",
        "line 2: holds a control character (U+0007), which most editors do not show",
    ),
    "a stray quote": ('name: "Kubek', "is not YAML"),
    "an empty file": ("", "must hold `key: value` lines"),
    "a list": ("- shop: kubek", "must hold `key: value` lines"),
    "two documents": (GOOD + "---\n" + GOOD, "is not YAML"),
    "an unknown key": (
        GOOD + "colour: red\n",
        "colour: is not a setting; remove it, or correct its spelling",
    ),
    "a bad zone": (
        GOOD.replace("Europe/Warsaw", "Europe/Warszawa"),
        "time_zone: is no time zone; write one of the IANA names",
    ),
    "a key twice": (GOOD + "locale: en\n", "locale: stands twice, again in line"),
    "a key twice in a section": (
        GOOD.replace("opens: 9:00,", "opens: 9:00, opens: 10:00,"),
        "opens: stands twice",
    ),
    "a key left out": (
        GOOD.replace("postal_address", "# postal_address"),
        "postal_address: is missing; add it",
    ),
    "a window the wrong way round": (
        GOOD.replace("closes: 20:00", "closes: 8:00"),
        "must be earlier than closes",
    ),
    "an hour that is none": (GOOD.replace("opens: 9:00", "opens: rano"), "send_window.opens:"),
    "a merge key": ("a: &a {b: c}\n<<: *a\n" + GOOD, "is not a setting"),
    "a list for a key": ("? [a, b]\n: c\n" + GOOD, "is no key"),
    "a knot": ("a: &a [*a]\n" + GOOD, "recursive"),
    "a Python object": ("shop: !!python/object/apply:os.system [ls]\n", "shop:"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_the_file_is_told_and_nothing_is_stored(
    wracaj: Wracaj, target: Target, tmp_path: Path, mistake: str
) -> None:
    text, said = MISTAKES[mistake]
    result = wracaj("put", a_file(tmp_path, named("pomylka", text)))
    assert result.exit_code == 1
    assert said in result.stderr
    assert result.stderr.strip().endswith("Nothing was stored.")
    with pytest.raises(Exception, match="there is no shop 'pomylka'"):
        stored(target, "pomylka")


@pytest.mark.parametrize(
    ("written", "hour"), [("9:00", 9), ("9", 9), ("'09:00'", 9), ("10:30", 10)]
)
def test_an_hour_is_read_as_it_is_written_not_as_yaml_would(
    wracaj: Wracaj, target: Target, tmp_path: Path, written: str, hour: int
) -> None:
    """YAML 1.1 reads 9:00 as 540."""
    assert (
        wracaj(
            "put", a_file(tmp_path, named("godziny").replace("opens: 9:00", f"opens: {written}"))
        ).exit_code
        == 0
    )
    assert stored(target, "godziny").settings.send_window.opens.hour == hour


def test_a_file_that_is_missing_a_folder_or_not_text_is_told(
    wracaj: Wracaj, tmp_path: Path
) -> None:
    (tmp_path / "latin.yaml").write_bytes("name: Spółka".encode("iso-8859-2"))
    for path in (tmp_path / "none.yaml", tmp_path, tmp_path / "latin.yaml"):
        result = wracaj("put", str(path))
        assert result.exit_code == 1
        assert (
            "cannot be read: " in result.stderr
            and "Errno" not in result.stderr
            and "codec" not in result.stderr
        )


def test_a_file_nested_deeper_than_python_goes_is_told(
    wracaj: Wracaj, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.setattr("wracaj_cli.shops.settings_file._with_nulls", lambda _: _with_no_end())
    result = wracaj("put", a_file(tmp_path))
    assert result.exit_code == 1
    assert "nested too deep" in result.stderr


def _with_no_end() -> None:
    _with_no_end()


def test_shopify_without_its_secret_is_told_where_to_find_it(
    wracaj: Wracaj, tmp_path: Path
) -> None:
    result = wracaj("put", a_file(tmp_path, named("bez-sekretu", SHOPIFY)))
    assert result.exit_code == 1
    assert "WRACAJ_WEBHOOK_SECRET" in result.stderr and "client secret" in result.stderr
    assert (
        "WRACAJ_WEBHOOK_SECRET"
        in wracaj("put", "--new-secret", a_file(tmp_path, named("bez-sekretu", SHOPIFY))).stderr
    )


@pytest.mark.parametrize(
    "secret", ["short", "whsec_", "whsec_@@@@", "whsec_" + "QUJD" * 3, "whsec_" + "QUJD" * 40]
)
def test_a_secret_that_standard_webhooks_does_not_allow_is_refused(
    wracaj: Wracaj, environment: pytest.MonkeyPatch, tmp_path: Path, secret: str
) -> None:
    environment.setenv("WRACAJ_WEBHOOK_SECRET", secret)
    result = wracaj("put", a_file(tmp_path, named("zly-sekret")))
    assert result.exit_code == 1
    assert "24 to 64 random bytes" in result.stderr
    assert secret == "whsec_" or secret not in result.output


@pytest.mark.parametrize("command", ["show", "webhooks", "test-event"])
@pytest.mark.parametrize("name", ["nieznany", "Zły Sklep!", "../switch", ""])
def test_a_shop_that_there_is_not_is_told(wracaj: Wracaj, command: str, name: str) -> None:
    result = wracaj(command, name)
    assert result.exit_code == 1
    assert "there is no shop" in result.stderr
    assert "wracaj shop put" in result.stderr


def test_codes_that_are_none_are_told(wracaj: Wracaj, tmp_path: Path) -> None:
    wracaj("put", a_file(tmp_path, named("zla-pula")))
    wrong = {
        "": "codes.txt: is empty; write one code a line",
        "\n \n": "is empty",
        "DWA KODY\n": "line 1: 'DWA KODY' is no code",
        "A1\n\nżółw\nA2\n": "line 3: 'żółw' is no code",
        "A1\tA2\n": "codes.txt: has no column `code`, but a1, a2",
        "x" * 65: "line 1: ",
        "dwa słowa\n" * 12: "has 2 more such lines",
    }
    for text, words in wrong.items():
        (tmp_path / "codes.txt").write_text(text, encoding="utf-8")
        result = wracaj("codes", "zla-pula", str(tmp_path / "codes.txt"), "--percent", "10")
        assert result.exit_code == 1
        assert words in result.stderr
    assert (
        "cannot be read"
        in wracaj("codes", "zla-pula", str(tmp_path / "none.txt"), "--percent", "10").stderr
    )
    assert wracaj("codes", "zla-pula", str(tmp_path / "codes.txt"), "--percent", "0").exit_code == 2


def test_an_address_that_does_not_answer_is_told(
    wracaj: Wracaj, stack: RunningStack, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wracaj("put", a_file(tmp_path, named("gluchy")))
    dead = Target(
        **{**vars(local_target(stack.home)), "api_url": f"http://127.0.0.1:{free_port()}"}
    )
    environment.setattr("wracaj_cli.shops.trying.find_target", lambda _: dead)
    result = run("shop", "test-event", "gluchy")
    assert result.exit_code == 1
    assert "does not answer" in result.stderr


def test_a_secret_changed_elsewhere_shows_in_the_test_event(
    wracaj: Wracaj, target: Target, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wracaj("put", a_file(tmp_path, named("rozjazd")))
    other = registry.generate_secret()

    def wrongly(*arguments: Any) -> Any:
        return post_webhook(*arguments, secret=other)

    environment.setattr("wracaj_cli.shops.trying.post_webhook", wrongly)
    result = wracaj("test-event", "rozjazd")
    assert result.exit_code == 1
    assert "401" in result.stdout and "Check the address, the secret" in result.output


# --- no stack, or AWS -----------------------------------------------------------------------------


def test_without_a_stack_the_way_to_one_is_told(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for module in ("commands", "trying"):
        environment.setattr(
            f"wracaj_cli.shops.{module}.find_target", lambda name: find_target(name, home=tmp_path)
        )
    for command in (
        ["put", a_file(tmp_path)],
        ["show", "kubek"],
        ["webhooks", "kubek"],
        ["test-event", "kubek"],
    ):
        result = run("shop", *command)
        assert result.exit_code == 1
        assert "wracaj local up" in result.stderr


@pytest.mark.parametrize("region", ["eu-west-1", ""])
def test_a_stack_that_aws_does_not_show_is_told(
    environment: pytest.MonkeyPatch, stack: RunningStack, region: str
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        environment.delenv(name, raising=False)
    environment.setattr("boto3.DEFAULT_SESSION", None)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_CONFIG_FILE": "/none",
    }.items():
        environment.setenv(name, value)
    environment.setenv("AWS_ENDPOINT_URL", stack.info.aws_endpoint_url)
    if region:
        environment.setenv("AWS_DEFAULT_REGION", region)
    result = run("shop", "show", "kubek", "--stack", "nie-ma")
    assert result.exit_code == 1
    assert "nie-ma" in result.stderr and "region" in result.stderr


def test_a_stack_that_is_none_of_ours_and_a_refusal_of_aws_are_told(
    environment: pytest.MonkeyPatch, stack: RunningStack
) -> None:
    class Refusing:
        def describe_stacks(self, **_: Any) -> Any:
            return {"Stacks": [{"Outputs": [{"OutputKey": "Something", "OutputValue": "else"}]}]}

    environment.setattr("boto3.client", lambda *_: Refusing())
    result = run("shop", "show", "kubek", "--stack", "cudzy")
    assert result.exit_code == 1
    assert "cudzy" in result.stderr

    def refuse(*_: Any) -> Any:
        raise ClientError(
            {"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "GetParameter"
        )

    environment.setattr("wracaj_cli.shops.registry.get_shop", refuse)
    environment.setattr("wracaj_cli.shops.commands.find_target", lambda _: None)
    result = run("shop", "show", "kubek")
    assert result.exit_code == 1
    assert "AccessDenied" in result.stderr
