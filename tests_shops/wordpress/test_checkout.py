"""The address and the consent box of both checkouts: early, by themselves, and never guessed."""

from shopping import a_product, add, buy, buy_in_blocks, checkout, type_address
from site_here import Site, Visitor
from wracaj_here import WracajHere

WORDS = "Zgadzam się, żeby Kubek i Spółka pisał do mnie na ten adres e-mail"


def consents(wracaj: WracajHere) -> list[str | None]:
    said = [event["data"].get("consent") for event in wracaj.events]
    return [consent["email"]["state"] if consent else None for consent in said]


def test_an_address_typed_in_the_classic_checkout_arrives_before_any_order(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    add(visitor, a_product(site))
    assert type_address(visitor, "ala@poczta.example", ticked=True) == {"taken": True}
    site.run_actions()
    cart = wracaj.last("c")
    assert cart["customer"]["email"] == "ala@poczta.example"
    assert cart["consent"]["email"] | {"updated_at": ""} == {
        "state": "subscribed",
        "updated_at": "",
        "source": "checkout",
    }
    assert wracaj.problems == []


def test_an_address_without_the_box_is_no_consent(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    add(visitor, a_product(site))
    type_address(visitor, "ala@poczta.example", ticked=False)
    site.run_actions()
    assert wracaj.last("c")["customer"]["email"] == "ala@poczta.example"
    assert wracaj.last("c")["consent"] is None


def test_half_an_address_is_not_reported(site: Site, visitor: Visitor, wracaj: WracajHere) -> None:
    add(visitor, a_product(site))
    assert type_address(visitor, "ala@", ticked=True) == {"taken": False}
    site.run_actions()
    assert "email" not in wracaj.last("cart")["customer"] and wracaj.last("cart")["consent"] is None


def test_a_box_that_stays_ticked_keeps_its_date(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    add(visitor, a_product(site))
    type_address(visitor, "ala@poczta.example", ticked=True)
    site.run_actions()
    first = wracaj.last("c")["consent"]
    add(visitor, a_product(site, "Talerz"))
    type_address(visitor, "ala@poczta.example", ticked=True)
    site.run_actions()
    assert wracaj.last("c")["consent"] == first and len(wracaj.last("c")["items"]) == 2


def test_another_address_needs_its_own_decision_and_the_box_unticked_is_an_opt_out(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    add(visitor, a_product(site))
    type_address(visitor, "ala@poczta.example", ticked=True)
    type_address(visitor, "ala@poczta.example", ticked=False)
    type_address(visitor, "ola@poczta.example", ticked=False)
    site.run_actions()
    assert consents(wracaj)[-3:] == ["subscribed", "unsubscribed", None]
    assert wracaj.last("c")["customer"]["email"] == "ola@poczta.example"


def test_the_classic_form_alone_says_it_too(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    """Without our script: WooCommerce's own refresh of the order review carries the form."""
    add(visitor, a_product(site))
    page = visitor.get(checkout(site))
    form = "billing_email=ala%40poczta.example&wracaj_consent_shown=1&wracaj_consent=1"
    security = page.find(r'data-review="([^"]+)"')
    visitor.post("/?wc-ajax=update_order_review", {"security": security, "post_data": form})
    site.run_actions()
    assert consents(wracaj)[-1] == "subscribed"


def test_the_block_checkout_says_address_and_box(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    visitor.store("POST", "cart/add-item", {"id": a_product(site)})
    visitor.store("GET", "checkout")
    visitor.store(
        "POST", "cart/update-customer", {"billing_address": {"email": "jan@poczta.example"}}
    )
    site.run_actions()
    assert wracaj.last("c")["customer"]["email"] == "jan@poczta.example"
    assert wracaj.last("c")["consent"] is None
    visitor.store("PUT", "checkout", {"additional_fields": {"wracaj/email-consent": True}})
    site.run_actions()
    assert consents(wracaj)[-1] == "subscribed" and wracaj.problems == []
    visitor.store("PUT", "checkout", {"additional_fields": {"wracaj/email-consent": False}})
    site.run_actions()
    assert consents(wracaj)[-1] == "unsubscribed"


def test_a_call_of_the_block_checkout_without_its_nonce_counts_for_nothing(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    visitor.store("POST", "cart/add-item", {"id": a_product(site)})
    visitor.nonce = "forged"
    body = {
        "billing_address": {"email": "zly@poczta.example"},
        "additional_fields": {"wracaj/email-consent": True},
    }
    assert visitor.store("PUT", "checkout", body).status == 403
    site.run_actions()
    assert "email" not in wracaj.last("cart")["customer"] and wracaj.last("cart")["consent"] is None


def test_another_visitors_nonce_does_not_put_an_address_into_a_cart(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    """Else a page elsewhere could have a visitor's cart mailed to an address of its own."""
    attacker = site.visitor()
    add(attacker, a_product(site))
    add(visitor, a_product(site))
    nonce = attacker.get(checkout(site)).find(r'"nonce":"([^"]+)"')
    form = {"nonce": nonce, "email": "zly@poczta.example", "consent": "1"}
    assert visitor.post("/?wc-ajax=wracaj_contact", form).status == 403
    site.run_actions()
    assert all("email" not in event["data"]["customer"] for event in wracaj.events)


def test_the_box_is_there_in_polish_and_not_ticked(site: Site, visitor: Visitor) -> None:
    add(visitor, a_product(site))
    page = visitor.get(checkout(site))
    assert WORDS in page.text
    assert "checked" not in page.find(r'(<input type="checkbox"[^>]*wracaj_consent[^>]*>)')
    field = site.php("return Stand_In_Fields::$fields['wracaj/email-consent'];")
    assert (field["location"], field["type"], field["required"]) == ("contact", "checkbox", False)
    assert field["label"] == field["optionalLabel"] and WORDS in field["label"]


def test_both_checkouts_write_cart_id_and_consent_with_its_words_on_the_order(
    site: Site, wracaj: WracajHere
) -> None:
    for place in (buy, buy_in_blocks):
        visitor = site.visitor()
        add(visitor, a_product(site))
        site.run_actions()
        cart_id = wracaj.last("cart")["cart_id"]
        order = place(visitor, "ala@poczta.example", ticked=True)
        meta = site.php(
            f"$o = wc_get_order({order}); return [$o->get_meta('_wracaj_cart_id'),"
            f" $o->get_meta('_wracaj_consent')];"
        )
        assert meta[0] == cart_id, place
        assert (meta[1]["state"], meta[1]["email"]) == ("subscribed", "ala@poczta.example")
        assert WORDS in meta[1]["words"]
        site.run_actions()
        assert wracaj.last("order")["consent"]["email"]["state"] == "subscribed"
        assert wracaj.last("order")["cart_id"] == cart_id and wracaj.problems == []


def test_an_order_without_the_box_carries_no_consent(site: Site, wracaj: WracajHere) -> None:
    for place in (buy, buy_in_blocks):
        visitor = site.visitor()
        add(visitor, a_product(site))
        place(visitor, "ala@poczta.example", ticked=False)
        site.run_actions()
        assert wracaj.last("order")["consent"] is None, place


def test_without_the_box_in_the_settings_there_is_none_anywhere(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    site.php("(new Wracaj\\WooCommerce\\Settings())->save(['asks_consent' => false]);")
    add(visitor, a_product(site))
    assert "wracaj_consent" not in visitor.get(checkout(site)).text
    assert site.php("return Stand_In_Fields::$fields;") == []
    type_address(visitor, "ala@poczta.example", ticked=True)
    site.run_actions()
    assert consents(wracaj)[-1] is None


def test_the_accounts_page_gives_and_withdraws_consent(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    site.php(
        "wp_insert_user(['user_login' => 'zosia', 'user_pass' => 'password', 'user_email' =>"
        " 'zosia@poczta.example', 'role' => 'customer']);"
    )
    visitor.log_in("zosia")
    for ticked in (
        {"_wc_other/wracaj/email-consent": "1"},
        {"_wc_other/wracaj/email-consent": "1"},
        {},
    ):
        visitor.post("/?wc-ajax=save_account", ticked)
    site.run_actions()
    told = [e["data"] for e in wracaj.events if e["type"] == "consent.updated"]
    assert [one["consent"]["email"]["state"] for one in told] == ["subscribed", "unsubscribed"]
    assert told[0]["customer"]["email"] == "zosia@poczta.example" and wracaj.problems == []


def test_other_plugins_report_a_newsletters_consent(site: Site, wracaj: WracajHere) -> None:
    site.php("do_action('wracaj_consent', 'ala@poczta.example', true, 'newsletter');")
    site.php("do_action('wracaj_consent', 'ala@poczta.example', false, 'newsletter');")
    site.php("do_action('wracaj_consent', 'no address', true, 'newsletter');")
    site.run_actions()
    assert consents(wracaj) == ["subscribed", "unsubscribed"]


def test_the_next_purchase_asks_anew_and_an_empty_box_withdraws_nothing(
    site: Site, wracaj: WracajHere
) -> None:
    for place in (buy, buy_in_blocks):
        visitor = site.visitor()
        add(visitor, a_product(site))
        place(visitor, "ala@poczta.example", ticked=True)
        add(visitor, a_product(site))
        page = visitor.get(checkout(site))
        assert "checked" not in page.find(r'(<input type="checkbox"[^>]*wracaj_consent[^>]*>)')
        assert visitor.store("GET", "checkout").json()["additional_fields"][
            "wracaj/email-consent"
        ] not in (True, "1")
        wracaj.forget()
        type_address(visitor, "ala@poczta.example", ticked=False)
        site.run_actions()
        assert consents(wracaj)[-1] is None, place


def make_account(name: str, site: Site, visitor: Visitor) -> None:
    """Make an account, and log in."""
    site.php(
        f"wp_insert_user(['user_login' => '{name}', 'user_pass' => 'password', 'user_email' =>"
        f" '{name}@poczta.example', 'role' => 'customer']);"
    )
    visitor.log_in(name)


def a_customer_who_agrees(name: str, site: Site, visitor: Visitor) -> None:
    """Make an account whose consent is given on the account page."""
    make_account(name, site, visitor)
    visitor.post("/?wc-ajax=save_account", {"_wc_other/wracaj/email-consent": "1"})


def test_a_box_ticked_in_advance_is_no_decision_for_another_address(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    """A customer's box shows what they chose in their account. It stands for that address only."""
    a_customer_who_agrees("hania", site, visitor)
    add(visitor, a_product(site))
    page = visitor.get(checkout(site))
    assert "checked" in page.find(r'(<input type="checkbox"[^>]*wracaj_consent[^>]*>)')
    type_address(visitor, "hania@poczta.example", ticked=True)
    site.run_actions()
    given = next(e["data"]["consent"] for e in wracaj.events if e["type"] == "consent.updated")
    assert wracaj.last("c")["consent"] == given  # the same decision, with its own date
    type_address(visitor, "mama@poczta.example", ticked=True)
    site.run_actions()
    assert wracaj.last("c")["customer"]["email"] == "mama@poczta.example"
    assert wracaj.last("c")["consent"] is None
    type_address(visitor, "mama@poczta.example", ticked=False)
    type_address(visitor, "mama@poczta.example", ticked=True)
    site.run_actions()
    assert consents(wracaj)[-1] == "subscribed"


def test_unticked_beside_another_address_the_accounts_consent_is_withdrawn_and_told(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    a_customer_who_agrees("jola", site, visitor)
    add(visitor, a_product(site))
    type_address(visitor, "mama@poczta.example", ticked=False)
    site.run_actions()
    told = [e["data"] for e in wracaj.events if e["type"] == "consent.updated"]
    assert [one["consent"]["email"]["state"] for one in told] == ["subscribed", "unsubscribed"]
    assert told[1]["customer"] == told[0]["customer"]
    assert wracaj.last("c")["consent"] is None and wracaj.problems == []


def box_in_blocks(visitor: Visitor) -> bool:
    fields = visitor.store("GET", "checkout").json()["additional_fields"]
    return fields["wracaj/email-consent"] in (True, "1")


def box_in_the_classic_checkout(site: Site, visitor: Visitor) -> bool:
    page = visitor.get(checkout(site))
    return "checked" in page.find(r'(<input type="checkbox"[^>]*wracaj_consent[^>]*>)')


def test_an_order_for_another_address_ticks_no_box_of_the_account(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    """WooCommerce keeps its field with the account, for whatever address stood in the form."""
    make_account("lena", site, visitor)
    add(visitor, a_product(site))
    buy_in_blocks(visitor, "mama@poczta.example", ticked=True)
    add(visitor, a_product(site))
    assert not box_in_blocks(visitor) and not box_in_the_classic_checkout(site, visitor)
    assert visitor.get("/?wc-ajax=account").json()["wracaj/email-consent"] != "1"
    wracaj.forget()
    type_address(visitor, "lena@poczta.example", ticked=box_in_blocks(visitor))
    site.run_actions()
    assert consents(wracaj)[-1] is None


def test_a_box_ticked_for_another_address_is_not_shown_on_the_accounts_page(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    make_account("maja", site, visitor)
    add(visitor, a_product(site))
    address = {"billing_address": {"email": "mama@poczta.example"}}
    visitor.store("POST", "cart/update-customer", address)
    type_address(visitor, "mama@poczta.example", ticked=True)
    assert box_in_blocks(visitor) and box_in_the_classic_checkout(site, visitor)
    assert visitor.get("/?wc-ajax=account").json()["wracaj/email-consent"] != "1"


def test_a_guest_who_agrees_and_then_makes_an_account_agrees_with_it(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    add(visitor, a_product(site))
    type_address(visitor, "nina@poczta.example", ticked=True)
    buy(visitor, "nina@poczta.example", ticked=True, makes_account=True)
    site.run_actions()
    given = wracaj.last("order")["consent"]
    assert visitor.get("/?wc-ajax=account").json()["wracaj/email-consent"] == "1"
    add(visitor, a_product(site))
    type_address(visitor, "nina@poczta.example", ticked=box_in_blocks(visitor))
    site.run_actions()
    assert wracaj.last("c")["consent"] == given  # opening the next checkout renews nothing


def test_what_the_accounts_page_says_counts_in_the_checkout_that_was_open(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    make_account("olga", site, visitor)
    add(visitor, a_product(site))
    type_address(visitor, "olga@poczta.example", ticked=False)  # the page opened, nothing clicked
    visitor.post("/?wc-ajax=save_account", {"_wc_other/wracaj/email-consent": "1"})
    assert box_in_blocks(visitor) and box_in_the_classic_checkout(site, visitor)
    visitor.post("/?wc-ajax=save_account", {})
    assert not box_in_blocks(visitor) and not box_in_the_classic_checkout(site, visitor)
    add(visitor, a_product(site))
    site.run_actions()
    assert wracaj.last("c")["consent"]["email"]["state"] == "unsubscribed"
    assert wracaj.problems == []


def test_a_page_that_opens_with_the_accounts_address_shows_no_tick_for_another_one(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    make_account("pola", site, visitor)
    site.php(
        "$user = get_user_by('login', 'pola');"
        " update_user_meta($user->ID, 'billing_email', 'pola@poczta.example');"
    )
    add(visitor, a_product(site))
    type_address(visitor, "mama@poczta.example", ticked=True)
    assert not box_in_the_classic_checkout(site, visitor)
    type_address(visitor, "pola@poczta.example", ticked=False)
    site.run_actions()
    assert consents(wracaj)[-2:] == ["subscribed", None]


def test_an_account_made_after_the_order_keeps_the_orders_consent(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    """The block theme's page after an order offers it."""
    add(visitor, a_product(site))
    order = buy_in_blocks(visitor, "rita@poczta.example", ticked=True)
    make_account("rita", site, visitor)
    site.php(
        f"$order = wc_get_order({order});"
        " $order->set_customer_id(get_user_by('login', 'rita')->ID); $order->save();"
    )
    assert visitor.get("/?wc-ajax=account").json()["wracaj/email-consent"] == "1"
