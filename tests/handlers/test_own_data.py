"""GET and POST /d/{token}: a shopper's data, which is shown only to the shopper, downloaded, and
erased."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from preferences.record_words import message_in_words
from support.inbox import Inbox, Seen
from support.lambdas import Json, Lambdas, a_cart_body, a_step, ago
from support.scenes import items_of
from support.webhook_bodies import a_generic_order, an_envelope
from wracaj import store
from wracaj.customers.identity import IdentifierKind, identifiers_of
from wracaj.events import Contact
from wracaj.messages.links import Purpose
from wracaj.store.date_index import Days

PHONE = "+48601234567"
POINTS: Json = {"currency": "PLN", "margin_percent": 50, "points": {"per_unit": 1}}
A_STEP = a_step("data_link_email", 0, template="data_link")


class Asked(Inbox):
    """Ala asked for the link to her data, and has it. `before`: what else the shop told
    until then."""

    def __init__(self, lambdas: Lambdas, *before: Any, **how: Any) -> None:
        super().__init__(lambdas, **how)
        for topic, body in before:
            self.lambdas.post(self.shop, topic, body(self.email))
        self.path_to_data = self.asks()

    def asks(self) -> str:
        assert (
            self.lambdas.form(self.path(Purpose.PREFERENCES), section="data")["statusCode"] == 303
        )
        (asked,) = self.lambdas.executions(self.shop, "data_link")
        self.link_id = asked["cart_id"]
        assert self.lambdas.step(self.shop.id, self.link_id, A_STEP)["outcome"] == "sent"
        mail = self.mails()[-1]
        (url,) = set(re.findall(r"https://wracaj\.example(/d/[\w-]+)", mail["BodyHtml"]))
        assert url in mail["BodyText"]
        return str(url)

    def send(self, section: str) -> Json:
        answer = self.lambdas.form(self.path_to_data, section=section)
        assert answer["statusCode"] == 200, answer
        return answer


def an_order_of(email: str) -> Json:
    told = {
        "customer": {"email": email},
        "created_at": ago(minutes=30),
        "updated_at": ago(minutes=30),
        "checkout_id": None,
    }
    return an_envelope("order.created", a_generic_order(cart_id="c9", **told))


@pytest.fixture
def asked(lambdas: Lambdas) -> Asked:
    return Asked(lambdas, ("order.created", an_order_of))


def test_the_link_in_the_mail_leads_to_a_page_that_tells_nothing_until_asked(asked: Asked) -> None:
    """Mail scanners and link previews open pages, too."""
    answer = asked.lambdas.link("GET", asked.path_to_data)
    assert Seen(answer).headings == ["Twoje dane", "Usunięcie danych"]
    assert asked.email not in answer["body"] and "Kubek w" not in answer["body"]


def test_what_is_known_is_shown_in_tables(asked: Asked) -> None:
    answer = asked.send("show")
    seen = Seen(answer)
    assert seen.headings == [
        *(
            "Twoje dane",
            "O Tobie",
            "Koszyki",
            "Wiadomości",
            "Zgody i odmowy",
            "Zamówienia",
            "Historia punktów",
        )
    ]
    assert (
        asked.email in seen.text
        and "przypomnienie o koszyku" in seen.text
        and "wysłana" in seen.text
    )
    assert answer["headers"]["cache-control"] == "no-store"


@pytest.mark.parametrize("locale", ["pl-PL", "en-GB"])
def test_what_is_known_is_told_without_a_word_of_our_records(lambdas: Lambdas, locale: str) -> None:
    ala = Asked(
        lambdas,
        ("order.created", an_order_by("7")),
        who={"id": "7", "phone": PHONE, "locale": locale},
        loyalty=POINTS,
    )
    lambdas.form(ala.path(Purpose.UNSUBSCRIBE))
    told = Seen(ala.send("show")).text
    assert not re.findall(r"\w+_\w+", told)
    assert ("checkout" in told) == (locale == "en-GB")
    assert ("link w wiadomości" if locale == "pl-PL" else "link in a message") in told


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("cart_discount", ("rabat na koszyk", "discount on a cart")),
        ("added_yesterday", ("wiadomość od sklepu", "message from the shop")),
        (None, ("wiadomość od sklepu", "message from the shop")),
    ],
)
def test_every_message_has_a_name_for_shoppers(
    template: str | None, words: tuple[str, str]
) -> None:
    assert (message_in_words(template, "pl"), message_in_words(template, "en")) == words


def test_the_file_holds_carts_messages_consents_with_their_wording_and_orders(asked: Asked) -> None:
    form = Seen(asked.lambdas.link("GET", asked.path(Purpose.PREFERENCES))).form(
        "Wycofuję zgodę na e-maile"
    )
    asked.lambdas.form(asked.path(Purpose.PREFERENCES), *form)
    answer = asked.send("download")
    told = answer["json"]
    assert re.fullmatch(
        r'attachment; filename="kubek-[\w-]+\.json"', answer["headers"]["content-disposition"]
    )
    assert told["contact"]["email"] == asked.email
    assert {cart["cart_id"]: [one["step"] for one in cart["messages"]] for cart in told["carts"]}[
        "c1"
    ] == ["first_email"]
    assert [(word["state"], word["wording"]) for word in told["consents"] if "wording" in word] == [
        ("unsubscribed", "Wycofuję zgodę")
    ]
    assert len(told["orders"]) == 1


def test_an_erasure_is_asked_twice_and_leaves_nothing_but_hashes(asked: Asked) -> None:
    before = asked.items("")
    assert "Tak, usuń moje dane" in Seen(asked.send("erase")).text
    assert asked.items("") == before
    answer = asked.send("erase_now")
    assert Seen(answer).headings == ["Dane są usunięte", "Co musi zrobić sklep"]
    assert {item["SK"].partition("#")[0] for item in asked.items("")} == {"WHO"}
    left = str(items_of(store.open_store(), asked.shop.id))
    assert asked.email not in left and "Ala" not in left


def test_the_shop_hears_of_an_erasure(asked: Asked) -> None:
    asked.send("erase_now")
    (request,) = store.open_store().table.query({"PK": f"SHOP#{asked.shop.id}#PRIVACY"})
    assert (request["kind"], request["by"]) == ("customer_redact", "shopper")
    assert asked.email not in str(request)


def test_an_erasure_that_dies_is_the_same_request_when_asked_again(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: Any) -> None:
        raise TimeoutError

    with monkeypatch.context() as broken:
        broken.setattr("wracaj.store.erasure.Erasure.erase_name", dies)
        assert asked.lambdas.form(asked.path_to_data, section="erase_now")["statusCode"] == 503
    asked.send("erase_now")
    assert len(store.open_store().table.query({"PK": f"SHOP#{asked.shop.id}#PRIVACY"})) == 1


@pytest.mark.parametrize("which", [1, 2, 3])
def test_an_erasure_that_dies_half_way_is_finished_by_the_next_click(
    lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch, which: int
) -> None:
    """Of the address, of the phone in the customer's record, of the account."""
    ala = Asked(
        lambdas,
        ("order.created", an_order_by("7")),
        who={"id": "7", "phone": PHONE},
        loyalty=POINTS,
    )
    account, calls, strike = ala.customer.id, [0], Days.strike

    def dies(*told: Any) -> None:
        calls[0] += 1
        if calls[0] == which:
            raise TimeoutError
        strike(*told)

    with monkeypatch.context() as broken:
        broken.setattr("wracaj.store.date_index.Days.strike", dies)
        assert lambdas.form(ala.path_to_data, section="erase_now")["statusCode"] == 503
    for section in ("show", "erase_now"):
        assert Seen(lambdas.form(ala.path_to_data, section=section)).headings == [
            "Nic już o Tobie nie wiemy"
        ]
    assert {item["SK"].partition("#")[0] for item in ala.items("", account)} == {"WHO"}
    left = str(items_of(store.open_store(), ala.shop.id))
    assert not [known for known in (ala.email, PHONE, "Ala") if known in left]
    assert len(store.open_store().table.query({"PK": f"SHOP#{ala.shop.id}#PRIVACY"})) == 1


def test_after_the_erasure_every_link_says_that_nothing_is_known(asked: Asked) -> None:
    paths = [asked.path_to_data, asked.path(Purpose.PREFERENCES)]
    asked.send("erase_now")
    for path in paths:
        for answer in (
            asked.lambdas.link("GET", path),
            asked.lambdas.form(path, section="erase_now"),
        ):
            assert Seen(answer).headings == ["Nic już o Tobie nie wiemy"]


def test_the_link_dies_after_an_hour_though_its_token_knows_whole_hours_only(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = datetime.now(UTC) + timedelta(minutes=62)
    monkeypatch.setattr("preferences.data.now", lambda: later)
    for answer in (
        asked.lambdas.link("GET", asked.path_to_data),
        asked.lambdas.form(asked.path_to_data, section="show"),
    ):
        assert (answer["statusCode"], Seen(answer).headings) == (410, ["Ten link już wygasł"])


def test_a_link_that_stood_in_another_mail_is_none(asked: Asked) -> None:
    """Whoever can make nothing of the key cannot turn the link of an old mail into one
    to the data."""
    assert asked.lambdas.link("GET", f"/d/{asked.token(Purpose.PREFERENCES)}")["statusCode"] == 404


@pytest.mark.parametrize(
    "body", [b"", b"section=show&section=erase_now", b"section=all", b"section=erase_now&sure=1"]
)
def test_a_form_that_is_none_erases_nothing(asked: Asked, body: bytes) -> None:
    before = asked.items("")
    assert asked.lambdas.link("POST", asked.path_to_data, body)["statusCode"] == 303
    assert asked.items("") == before


# --- whose data it is -----------------------------------------------------------------------------


class Neighbours(Asked):
    """Ala is a customer of the shop, known by her phone; Ewa typed that number into a checkout,
    beside an address of her own, and asked for her data."""

    def __init__(self, lambdas: Lambdas) -> None:
        super().__init__(lambdas, who={"phone": PHONE})
        ala = {"id": "7", "phone": PHONE, "first_name": "Ala"}
        self.is_recorded(ala)
        told = {
            "customer": ala,
            "created_at": ago(minutes=30),
            "updated_at": ago(minutes=30),
            "checkout_id": None,
        }
        lambdas.post(
            self.shop,
            "order.created",
            an_envelope("order.created", a_generic_order(cart_id="c9", **told)),
        )
        lambdas.post(
            self.shop,
            *a_cart_body(
                "generic", "c2", customer=ala | {"email": "ala@poczta.example", "locale": "pl"}
            ),
        )

    def alas(self) -> list[Json]:
        """All that lies under her account, and in her cart."""
        account = identifiers_of(self.shop.id, Contact(platform_id="7"))[IdentifierKind.ACCOUNT]
        cart = store.open_store().table.query({"PK": f"SHOP#{self.shop.id}#CART#c2"})
        return [*self.items("", account), *cart]


def test_whoever_typed_somebodys_phone_number_sees_nothing_of_them(lambdas: Lambdas) -> None:
    ewa = Neighbours(lambdas)
    answers = [ewa.send("show"), ewa.send("download"), lambdas.link("GET", ewa.path_to_data)]
    assert not [
        answer
        for answer in answers
        if "ala@" in answer["body"].replace(ewa.email, "") or '"c2"' in answer["body"]
    ]
    told = answers[1]["json"]
    assert [cart["cart_id"] for cart in told["carts"] if not cart.get("occasion")] == ["c1"]
    assert (told["orders"], told["points"], told["contact"]) == (
        [],
        0,
        {"email": ewa.email, "id_by_login": False},
    )


def test_whoever_typed_somebodys_phone_number_erases_nothing_of_them(lambdas: Lambdas) -> None:
    ewa = Neighbours(lambdas)
    before = ewa.alas()
    assert Seen(ewa.send("erase_now")).headings == ["Dane są usunięte", "Co musi zrobić sklep"]
    assert ewa.here.erased_at is not None and lambdas.cart(ewa.shop, "c1").erased
    assert ewa.alas() == before
    (request,) = store.open_store().table.query({"PK": f"SHOP#{ewa.shop.id}#PRIVACY"})
    assert request["names"] == [ewa.name]


def a_record(customer: Json) -> Json:
    return an_envelope(
        "customer.updated", {"customer": customer, "updated_at": ago(days=1)}, timestamp=ago(days=1)
    )


def an_order_by(id_: str) -> Callable[[str], Json]:
    def order(email: str) -> Json:
        told = {
            "customer": {"id": id_},
            "created_at": ago(minutes=30),
            "updated_at": ago(minutes=30),
            "checkout_id": None,
        }
        return an_envelope("order.created", a_generic_order(cart_id="c9", **told))

    return order


def test_a_customer_whose_record_names_the_address_sees_and_erases_what_their_account_holds(
    lambdas: Lambdas,
) -> None:
    ala = Asked(
        lambdas,
        ("order.created", an_order_by("7")),
        who={"id": "7", "phone": PHONE},
        loyalty=POINTS,
    )
    account = ala.customer.id
    told = ala.send("download")["json"]
    assert (told["contact"]["platform_id"], told["contact"]["phone"]) == ("7", PHONE)
    assert (len(told["orders"]), told["points"] > 0) == (1, True)
    assert Seen(ala.send("erase_now")).headings[0] == "Dane są usunięte"
    assert {item["SK"].partition("#")[0] for item in ala.items("", account)} == {"WHO"}
    left = str(items_of(store.open_store(), ala.shop.id))
    assert not [known for known in (ala.email, PHONE, "Ala") if known in left]


def test_a_customer_who_only_typed_the_address_is_not_shown_behind_it(lambdas: Lambdas) -> None:
    """The mail went there, as it was typed in that cart; whoever reads it may be somebody else."""
    recorded = {"id": "7", "email": "ala@inna.example", "phone": PHONE, "first_name": "Alicja"}
    news = ("customer.updated", lambda _: a_record(recorded)), ("order.created", an_order_by("7"))
    ala = Asked(lambdas, *news, who={"id": "7", "phone": PHONE}, loyalty=POINTS)
    told = ala.send("download")["json"]
    assert (told["orders"], told["points"], [cart["occasion"] for cart in told["carts"]]) == (
        [],
        0,
        ["data_link"],
    )
    assert "inna.example" not in str(told) and PHONE not in str(told) and "Alicja" not in str(told)
    before = ala.items("", ala.customer.id)
    assert Seen(ala.send("erase_now")).headings[0] == "Dane tego adresu są usunięte"
    assert ala.items("", ala.customer.id) == before


def typed_by_a_customer(lambdas: Lambdas, locale: str = "pl-PL") -> Asked:
    """The cart of account 7 names the address; the shop's record of that account has
    another one."""
    recorded = {"id": "7", "email": "ala@inna.example", "phone": PHONE, "first_name": "Alicja"}
    return Asked(
        lambdas,
        ("customer.updated", lambda _: a_record(recorded)),
        who={"id": "7", "phone": PHONE, "locale": locale},
    )


def test_an_erasure_says_that_an_account_which_does_not_name_the_address_stays(
    lambdas: Lambdas,
) -> None:
    ala = typed_by_a_customer(lambdas)
    assert "to może zrobić tylko sklep" in Seen(lambdas.link("GET", ala.path_to_data)).text
    assert "konta klienta w sklepie, zostanie" in Seen(ala.send("erase")).text
    told = Seen(ala.send("erase_now")).text
    assert "Nie usunęliśmy tego, co należy do konta klienta" in told and "napisz do sklepu" in told
    assert "Usunęliśmy profil" not in told
    assert "Alicja" not in told and not lambdas.cart(ala.shop, "c1").erased


def test_a_page_says_that_an_account_which_does_not_name_the_address_may_not_be_shown(
    lambdas: Lambdas,
) -> None:
    told = Seen(typed_by_a_customer(lambdas).send("show")).text
    assert (
        "w danych konta tego klienta w sklepie go nie ma" in told and "Zapytaj o nie sklep" in told
    )
    assert "zobaczysz po kliknięciu linku" not in told


def test_an_account_that_stays_is_told_of_in_english_too(lambdas: Lambdas) -> None:
    ala = typed_by_a_customer(lambdas, "en-GB")
    assert "does not name it" in Seen(ala.send("show")).text
    assert (
        "We did not erase what belongs to the customer's account"
        in Seen(ala.send("erase_now")).text
    )


def test_an_address_that_two_accounts_name_is_erased_by_the_shop_alone(lambdas: Lambdas) -> None:
    ala = Asked(lambdas, who={"id": "7", "phone": PHONE})
    ala.is_recorded({"id": "8", "email": ala.email, "phone": None, "first_name": "Ewa"})
    assert "na więcej niż jednym koncie" in Seen(lambdas.link("GET", ala.path_to_data)).text
    before = ala.items("", ala.customer.id), ala.items("")
    assert Seen(ala.send("erase_now")).headings == ["Prośba jest zapisana", "Co musi zrobić sklep"]
    assert (ala.items("", ala.customer.id), ala.items("")) == before
    (request,) = store.open_store().table.query({"PK": f"SHOP#{ala.shop.id}#PRIVACY"})
    assert request["names"] == [ala.customer.id, ala.name]
