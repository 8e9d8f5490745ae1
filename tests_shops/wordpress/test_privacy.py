"""WordPress's tools for personal data."""

from typing import Any

from shopping import a_product, add, buy, type_address
from site_here import Site, Visitor
from wracaj_here import WracajHere

from wracaj.events import PrivacyKind, PrivacyRequested


def run(site: Site, kind: str, email: str) -> Any:
    """Call our exporter or eraser as the tools do: by the list that WordPress asks for."""
    return site.php(
        f"$all = apply_filters('wp_privacy_personal_data_{kind}s', []);"
        f"return call_user_func($all['wracaj']['callback'], '{email}', 1);"
    )


def test_an_export_shows_cart_consent_and_its_words(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    add(visitor, a_product(site), 2)
    type_address(visitor, "ewa@poczta.example", ticked=True)
    told = run(site, "exporter", "Ewa@poczta.example")
    (cart,) = told["data"]
    values = [row["value"] for row in cart["data"]]
    assert "2 × Kubek" in values and "ewa@poczta.example" in values and told["done"] is True
    assert any("Zgadzam się, żeby Kubek i Spółka" in value for value in values)
    site.run_actions()
    assert wracaj.types()[-1] == "privacy.data_request" and wracaj.problems == []


def test_an_export_shows_the_consent_on_an_order_after_its_cart_is_gone(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    add(visitor, a_product(site))
    number = buy(visitor, "iga@poczta.example", ticked=True)
    site.php("global $wpdb; $wpdb->query('DELETE FROM wp_wracaj_carts');")
    (order,) = run(site, "exporter", "iga@poczta.example")["data"]
    values = [row["value"] for row in order["data"]]
    assert order["data"][0] == {"name": "Zamówienie", "value": str(number)}
    assert any("Zgadzam się, żeby Kubek i Spółka" in value for value in values)


def test_an_export_of_another_address_is_empty(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    add(visitor, a_product(site))
    type_address(visitor, "ala@poczta.example", ticked=True)
    assert run(site, "exporter", "inna@poczta.example")["data"] == []


def test_an_erasure_removes_what_is_here_and_is_passed_on(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    add(visitor, a_product(site))
    type_address(visitor, "zapomnij@poczta.example", ticked=True)
    number = buy(visitor, "zapomnij@poczta.example")
    add(visitor, a_product(site))
    type_address(visitor, "zapomnij@poczta.example", ticked=True)
    told = run(site, "eraser", "zapomnij@poczta.example")
    assert told["items_removed"] is True and told["done"] is True and told["messages"]
    assert run(site, "exporter", "zapomnij@poczta.example")["data"] == []
    site.run_actions()
    # the order that waited is sent, the carts are not, and the erasure comes after the order
    kinds = [type_ for type_ in wracaj.types() if type_ != "privacy.data_request"]
    assert kinds == ["order.created", "privacy.customer_redact"]
    asked = next(
        one
        for one in wracaj.told
        if isinstance(one, PrivacyRequested) and one.kind is PrivacyKind.CUSTOMER_REDACT
    )
    assert asked.contact.email == "zapomnij@poczta.example"
    assert asked.order_ids == (str(number),) and wracaj.problems == []


def test_the_address_stands_nowhere_in_our_tables_once_it_is_sent(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    add(visitor, a_product(site))
    type_address(visitor, "cicho@poczta.example", ticked=False)
    site.run_actions()
    dump = site.php(
        "global $wpdb; return json_encode([$wpdb->get_results('SELECT * FROM wp_wracaj_outbox'),"
        "$wpdb->get_results('SELECT * FROM wp_wracaj_carts'),"
        " $wpdb->get_results('SELECT * FROM wp_wracaj_orders')]);"
    )
    assert "cicho" not in dump and "msg_" in dump


def test_the_tools_of_wordpress_know_the_plugin(site: Site, wracaj: WracajHere) -> None:
    for kind in ("exporter", "eraser"):
        name = site.php(f"return apply_filters('wp_privacy_personal_data_{kind}s', [])['wracaj'];")
        assert name[f"{kind}_friendly_name"] == "Wracaj"


def test_an_anonymised_order_loses_our_notes(site: Site, wracaj: WracajHere) -> None:
    meta = site.php(
        "return apply_filters('woocommerce_privacy_remove_order_personal_data_meta', []);"
    )
    assert {"_wracaj_consent", "_wracaj_cart_id"} <= set(meta)
