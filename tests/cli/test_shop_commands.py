"""`wracaj shop …` on the running local stack: what a shop's developer types and sees."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from html import escape
from pathlib import Path

import pytest

from support.local_stack import RunningStack
from support.shop_files import GOOD, SHOPIFY, Wracaj, a_file, named, run, stored
from wracaj.discounts.code import DiscountCode, DiscountTerms, mint
from wracaj.web_push.encryption import public_key
from wracaj_cli import local
from wracaj_cli.shops import registry, settings_file
from wracaj_cli.shops.post import post_webhook
from wracaj_cli.shops.target import Target


@pytest.mark.parametrize("platform", ["generic", "shopify", "woocommerce", "shoper"])
def test_an_example_can_be_put_as_it_is(
    wracaj: Wracaj, target: Target, environment: pytest.MonkeyPatch, tmp_path: Path, platform: str
) -> None:
    environment.setenv(
        "WRACAJ_WEBHOOK_SECRET",
        "shpss_abc" if platform == "shopify" else registry.generate_secret(),
    )
    printed = run("shop", "example", platform)
    assert printed.exit_code == 0
    result = wracaj("put", a_file(tmp_path, named(f"example-{platform}", printed.stdout)))
    assert result.exit_code == 0, result.output
    assert f"Next: `wracaj shop webhooks example-{platform}`" in result.stdout
    settings = stored(target, f"example-{platform}").settings
    assert (
        settings.platform,
        settings.send_window.opens.hour,
        str(settings.discount.minimum_total),
    ) == (platform, 9, "100")


def test_the_whole_way_of_a_shops_developer(wracaj: Wracaj, target: Target, tmp_path: Path) -> None:
    put = wracaj("put", a_file(tmp_path, named("droga")))
    assert put.exit_code == 0
    secret = put.stdout.split("shown only now: ")[1].split()[0]
    assert stored(target, "droga").secrets.webhook_secrets == (secret,)
    told = wracaj("webhooks", "droga").stdout
    assert f"{target.api_url}/webhooks/generic/droga" in told
    assert "checkout.updated" in told.splitlines() and "order.created" in told.splitlines()
    shown = wracaj("show", "droga")
    assert "time_zone: Europe/Warsaw" in shown.stdout and "Kubek i Spółka" in shown.stdout
    assert secret not in shown.output
    sent = wracaj("test-event", "droga")
    assert sent.exit_code == 0, sent.output
    assert "checkout.updated → 200 accepted" in sent.stdout
    assert (
        "1 × Wracaj test item" in sent.stdout
        and "known" in sent.stdout
        and "abandoned_cart; episode 1" in sent.stdout
    )


RULES = """
timelines: [abandoned_cart, high_value_cart]
cart_timelines:
  - { timeline: high_value_cart, cart_total_from: 2000, currency: PLN }
  - { timeline: none, cart_total_below: 5000, currency: PLN }
"""


def test_a_cart_without_a_timeline_says_which_rule_it_was(wracaj: Wracaj, tmp_path: Path) -> None:
    wracaj("put", a_file(tmp_path, named("reguly", GOOD + RULES)))
    sent = wracaj("test-event", "reguly")
    assert "none: rule 2 of the shop's `cart_timelines` says so" in sent.stdout
    assert "agreed to nothing" not in sent.stdout
    cart_id = next(
        line.split("│")[2].strip() for line in sent.stdout.splitlines() if "cart" in line
    )
    again = wracaj("cart", "reguly", cart_id)
    assert (again.exit_code, "rule 2" in again.stdout) == (0, True)
    unknown = wracaj("cart", "reguly", "no-such-cart")
    assert (unknown.exit_code, "reported no cart 'no-such-cart'" in unknown.stderr) == (1, True)


WITH_FREE_DELIVERY = """
timelines: [abandoned_cart, loyalty]
loyalty:
  currency: PLN
  margin_percent: 30
  rewards: [{ name: Kwartał, threshold: 300, discount: { free_shipping: true } }]
"""


@pytest.mark.parametrize(
    ("more", "code", "told"),
    [
        (
            "",
            0,
            (
                "Mind: loyalty.rewards.Kwartał gives free delivery, and `economics.delivery_cost`"
                " is not set: whether the margin pays for it cannot be checked"
            ),
        ),
        ("economics: { delivery_cost: 12.50 }\n", 0, ""),
        (
            "economics: { delivery_cost: 90 }\n",
            1,
            "rewards.Kwartał free delivery 110.70 ÷ 300 × 100 = 36.90 PLN, more than the margin",
        ),
        ("economics: { delivery_cost: gratis }\n", 1, "economics.delivery_cost: must be a number"),
        ("economics: { delivery_cost: 0 }\n", 1, "economics.delivery_cost: must be above 0"),
    ],
    ids=["not stated", "paid", "too dear", "no number", "nothing"],
)
def test_free_delivery_is_held_against_the_margin_by_what_it_costs_the_shop(
    wracaj: Wracaj, tmp_path: Path, more: str, code: int, told: str
) -> None:
    result = wracaj("put", a_file(tmp_path, named("dostawa", GOOD + WITH_FREE_DELIVERY + more)))
    assert result.exit_code == code, result.output
    assert told in result.output
    assert ("delivery_cost" in result.output) == ("delivery_cost" in told)


def test_what_show_prints_can_be_put_again(wracaj: Wracaj, target: Target, tmp_path: Path) -> None:
    wracaj("put", a_file(tmp_path, named("w-kolko")))
    before = stored(target, "w-kolko")
    assert wracaj("put", a_file(tmp_path, wracaj("show", "w-kolko").stdout)).exit_code == 0
    assert stored(target, "w-kolko") == before


def test_a_second_put_keeps_when_the_shop_was_switched_on_and_its_secret(
    wracaj: Wracaj, target: Target, tmp_path: Path
) -> None:
    wracaj("put", a_file(tmp_path, named("drugi")))
    before = stored(target, "drugi")
    assert before.settings.switched_on_at is not None
    again = wracaj("put", a_file(tmp_path, named("drugi").replace("locale: pl", "locale: en")))
    assert again.exit_code == 0, again.output
    after = stored(target, "drugi")
    assert (after.settings.switched_on_at, after.secrets) == (
        before.settings.switched_on_at,
        before.secrets,
    )
    assert after.settings.locale == "en"
    assert "shown only now" not in again.stdout


def test_a_shop_that_is_put_switched_off_counts_from_when_it_is_switched_on(
    wracaj: Wracaj, target: Target, tmp_path: Path
) -> None:
    wracaj("put", a_file(tmp_path, named("wylaczony") + "enabled: false\n"))
    assert stored(target, "wylaczony").settings.switched_on_at is None
    wracaj("put", a_file(tmp_path, named("wylaczony") + "enabled: true\n"))
    assert stored(target, "wylaczony").settings.switched_on_at is not None


def test_a_new_secret_leaves_the_previous_one_working_and_ends_the_one_before(
    wracaj: Wracaj, target: Target, tmp_path: Path
) -> None:
    file = a_file(tmp_path, named("obrot"))
    wracaj("put", file)
    first = stored(target, "obrot").secrets.webhook_secrets[0]
    assert wracaj("put", "--new-secret", file).exit_code == 0
    shop = stored(target, "obrot")
    second, kept = shop.secrets.webhook_secrets
    assert kept == first != second
    answers = [
        post_webhook(target.api_url, shop, "product.updated", {"type": "x"}, secret=key).status
        for key in (first, second)
    ]
    assert answers == [200, 200]
    wracaj("put", "--new-secret", file)
    assert first not in stored(target, "obrot").secrets.webhook_secrets


def test_an_old_secret_can_be_ended_at_once_and_the_current_one_is_not_shown_for_it(
    wracaj: Wracaj, target: Target, tmp_path: Path
) -> None:
    file = a_file(tmp_path, named("wyciek"))
    wracaj("put", file)
    wracaj("put", "--new-secret", file)
    current, _ = stored(target, "wyciek").secrets.webhook_secrets
    result = wracaj("put", "--forget-old-secret", file)
    assert result.exit_code == 0
    assert stored(target, "wyciek").secrets.webhook_secrets == (current,)
    assert current not in result.output


def test_secrets_come_from_the_environment_and_are_never_shown(
    wracaj: Wracaj, target: Target, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.setenv("WRACAJ_WEBHOOK_SECRET", "shpss_tajne\n")
    environment.setenv("WRACAJ_API_TOKEN", " shpat_tajne")
    put = wracaj("put", a_file(tmp_path, named("sklep-s", SHOPIFY)))
    shown = wracaj("show", "sklep-s")
    assert "tajne" not in put.output + shown.output
    assert "webhook secrets: 1; API token: yes" in shown.stdout
    secrets = stored(target, "sklep-s").secrets
    assert (secrets.webhook_secrets, secrets.api_token) == (("shpss_tajne",), "shpat_tajne")


def test_the_whole_way_of_a_developer_of_woocommerce(
    wracaj: Wracaj, target: Target, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = a_file(tmp_path, named("kubek-woo", settings_file.example("woocommerce")))
    put = wracaj("put", file)
    assert put.exit_code == 0, put.output
    secret = put.stdout.split("shown only now: ")[1].split()[0]
    assert "Mind: no discount code can be created" in put.stdout
    environment.setenv("WRACAJ_CONSUMER_KEY", "ck_tajne\n")
    environment.setenv("WRACAJ_CONSUMER_SECRET", "cs_tajne")
    again = wracaj("put", file)
    assert "Mind:" not in again.stdout
    assert "tajne" not in again.output
    kept = stored(target, "kubek-woo").secrets
    assert kept.webhook_secrets == (secret,)
    assert (kept.consumer_key, kept.consumer_secret) == ("ck_tajne", "cs_tajne")
    assert "consumer key: yes; consumer secret: yes" in wracaj("show", "kubek-woo").stdout
    told = wracaj("webhooks", "kubek-woo").stdout
    assert f"{target.api_url}/webhooks/woocommerce/kubek-woo" in told
    assert "one webhook for each topic" in told
    sent = wracaj("test-event", "kubek-woo")
    assert sent.exit_code == 0, sent.output
    assert "order.updated → 200 accepted" in sent.stdout
    assert "1 × Wracaj test item" in sent.stdout


def test_settings_may_outgrow_a_standard_parameter_and_shrink_again(
    wracaj: Wracaj, target: Target, tmp_path: Path
) -> None:
    hosts = ", ".join(f"{'a' * 60}{number}.kubek.example" for number in range(80))
    for listed in (hosts, "kubek.example"):
        text = named("duzy").replace(
            "recovery_hosts: [kubek.example]", f"recovery_hosts: [{listed}]"
        )
        assert wracaj("put", a_file(tmp_path, text)).exit_code == 0
        assert ", ".join(stored(target, "duzy").settings.recovery_hosts) == listed


def test_the_stack_file_tells_scripts_how_to_sign(
    wracaj: Wracaj, stack: RunningStack, tmp_path: Path
) -> None:
    wracaj("put", a_file(tmp_path, named("do-skryptu")))
    told = json.loads((stack.home / "stack.json").read_text())["shops"]["do-skryptu"]
    assert told["platform"] == "generic" and told["webhook_secret"].startswith("whsec_")
    assert local.info(stack.home).shops["do-skryptu"].webhook_secret == told["webhook_secret"]


def test_codes_wait_in_their_pool_each_once(wracaj: Wracaj, target: Target, tmp_path: Path) -> None:
    wracaj("put", a_file(tmp_path, named("z-pula")))
    codes = tmp_path / "codes.txt"
    codes.write_text("KAWA-1\r\n\n  KAWA-2 \nKAWA-1\n", encoding="utf-8")
    first = wracaj("codes", "z-pula", str(codes), "--percent", "10")
    assert "2 codes for 10 % added. Known before: 0." in first.stdout
    assert (
        "0 codes for 10 % added. Known before: 2."
        in wracaj("codes", "z-pula", str(codes), "--percent", "10").stdout
    )


KINDS = {
    ("--percent", "15"): (DiscountTerms(percent=15), "15 %"),
    ("--amount", "20", "--currency", "PLN"): (
        DiscountTerms(amount=Decimal("20.00"), currency="PLN"),
        "20.00 PLN",
    ),
    ("--free-shipping",): (DiscountTerms(free_shipping=True), "free delivery"),
    ("--gift", "KUB-350"): (
        DiscountTerms(product_id="KUB-350", product_title="Kubek"),
        "a gift of product KUB-350",
    ),
}


def test_each_kind_of_code_waits_in_a_pool_of_its_own(
    wracaj: Wracaj, target: Target, tmp_path: Path
) -> None:
    wracaj("put", a_file(tmp_path, named("trzy-pule")))
    for number, (options, (_, told)) in enumerate(KINDS.items()):
        (tmp_path / "codes.txt").write_text(f"KOD-{number}\n", encoding="utf-8")
        result = wracaj("codes", "trzy-pule", str(tmp_path / "codes.txt"), *options)
        assert f"1 code for {told} added" in result.stdout
    taken = [
        target.store().codes.take("trzy-pule", a_voucher_of(worth), "c1")
        for worth, _ in KINDS.values()
    ]
    assert [voucher and (voucher.code, voucher.discount) for voucher in taken] == [
        (f"KOD-{number}", worth) for number, (worth, _) in enumerate(KINDS.values())
    ]
    assert (
        target.store().codes.take("trzy-pule", a_voucher_of(DiscountTerms(percent=20)), "c2")
        is None
    )


def a_voucher_of(worth: DiscountTerms) -> DiscountCode:
    return mint(worth, datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            (),
            (
                "--percent, --amount with --currency, --gift, --free-shipping: must give exactly"
                " one thing: a percent, an amount, a gift, or free delivery"
            ),
        ),
        (("--percent", "10", "--free-shipping"), "must give exactly one thing"),
        (("--free-shipping", "--currency", "PLN"), "a currency goes with an amount"),
        (("--percent", "10", "--gift", "7"), "must give exactly one thing"),
        (("--percent", "10", "--currency", "PLN"), "a currency goes with an amount"),
        (("--amount", "20"), "an amount needs its currency, such as PLN"),
        (
            ("--amount", "20,50", "--currency", "PLN"),
            "--amount: must be a number, with a point before its decimals",
        ),
        (("--amount", "0", "--currency", "PLN"), "--amount: must be above 0"),
        (
            ("--amount", "20", "--currency", "zł"),
            "--currency: must be three capital letters, such as PLN",
        ),
        (("--amount", "0.001", "--currency", "PLN"), "an amount in PLN has at most 2 decimals"),
        (("--gift", " "), "--gift: must be text on one line"),
    ],
)
def test_what_no_code_can_give_is_told_and_nothing_is_stored(
    tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    (tmp_path / "codes.txt").write_text("KAWA-1\n", encoding="utf-8")
    result = run("shop", "codes", "any", str(tmp_path / "codes.txt"), *options)
    assert result.exit_code == 1
    assert said in result.stderr
    assert "pydantic" not in result.stderr and "Traceback" not in result.stderr
    assert result.stderr.strip().endswith("Nothing was stored.")


def test_an_example_of_a_platform_that_there_is_not_names_those_there_are() -> None:
    result = run("shop", "example", "magento")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "there are shopify, " in result.stderr and "generic" in result.stderr


def test_a_shop_with_notifications_gets_its_key_once_and_a_line_to_paste(
    wracaj: Wracaj, target: Target, tmp_path: Path
) -> None:
    with_push = named("dzwonek", GOOD + '\nweb_push: { contact: "mailto:sklep@kubek.example" }\n')
    assert wracaj("put", a_file(tmp_path, with_push)).exit_code == 0
    key = stored(target, "dzwonek").secrets.vapid_private_key
    assert key
    # a section that is taken out and comes back brings no new key
    for again in (with_push, named("dzwonek"), with_push):
        assert wracaj("put", a_file(tmp_path, again)).exit_code == 0
        assert stored(target, "dzwonek").secrets.vapid_private_key == key
    told = wracaj("storefront", "dzwonek")
    assert told.exit_code == 0 and key not in told.output
    for part in (
        f'data-api="{target.api_url}"',
        'data-shop="dzwonek"',
        'data-lang="pl"',
        f'data-key="{public_key(key)}"',
    ):
        assert part in told.stdout


def test_a_shop_without_notifications_is_told_how_to_have_them(
    wracaj: Wracaj, target: Target, tmp_path: Path
) -> None:
    wracaj("put", a_file(tmp_path, named("cichy")))
    assert stored(target, "cichy").secrets.vapid_private_key is None
    told = wracaj("storefront", "cichy")
    assert told.exit_code == 1 and "web_push" in told.stderr and "mailto:" in told.stderr
    assert "storefront" in told.stderr


def test_a_shop_whose_pages_report_carts_gets_a_line_with_its_words(
    wracaj: Wracaj, target: Target, tmp_path: Path
) -> None:
    words = 'Przypomnijcie mi o "tym" koszyku.'
    section = f"storefront: {{ typed_emails: true, consent: {{ pl: '{words}' }} }}"
    assert wracaj("put", a_file(tmp_path, named("witryna", f"{GOOD}\n{section}\n"))).exit_code == 0
    told = wracaj("storefront", "witryna")
    assert told.exit_code == 0 and "data-key" not in told.stdout
    for part in (
        f'data-api="{target.api_url}"',
        'data-currency="PLN"',
        f'data-words="{escape(words)}"',
        'src="/wracaj.js"',
    ):
        assert part in told.stdout
