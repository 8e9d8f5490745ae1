"""The link in a mail: the cart comes back as the shop is now, to whoever opens it, and says nothing
of who filled it."""

import re

from shopping import a_product, add, buy, type_address
from site_here import Page, Site, Visitor
from wracaj_here import WracajHere


def a_left_cart(site: Site, wracaj: WracajHere, *products: int, quantity: int = 1) -> str:
    """Fill a cart in another browser, and return its link."""
    shopper = site.visitor()
    for product in products:
        add(shopper, product, quantity)
    type_address(shopper, "ala@poczta.example", ticked=True)
    site.run_actions()
    return str(wracaj.last("c")["recovery_url"])


def lines(page: Page) -> list[str]:
    return re.findall(r"<li>([^<]+ × \d+)</li>", page.text)


def test_the_cart_comes_back_in_another_browser_without_a_login(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    link = a_left_cart(site, wracaj, a_product(site), a_product(site, "Talerz", "50.00"))
    page = visitor.get(link + "&utm_source=wracaj")
    assert lines(page) == ["Kubek × 1", "Talerz × 1"]
    assert "Twój koszyk wrócił" in page.text and "utm_source=wracaj" in page.url
    assert "wracaj=" not in page.url.replace("utm_source=wracaj", "")
    assert not any("logged_in" in cookie.name for cookie in visitor.cookies)
    assert "ala@poczta.example" not in page.text


def test_opening_it_twice_doubles_nothing_and_keeps_what_is_there(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    link = a_left_cart(site, wracaj, a_product(site), quantity=2)
    add(visitor, a_product(site, "Własny"))
    visitor.get(link)
    assert lines(visitor.get(link)) == ["Własny × 1", "Kubek × 2"]


def test_prices_are_those_of_now(site: Site, visitor: Visitor, wracaj: WracajHere) -> None:
    mug = a_product(site)
    link = a_left_cart(site, wracaj, mug)
    site.php(f"update_post_meta({mug}, '_price', '249.00');")
    assert '<b class="total">249.00</b>' in visitor.get(link).text


def test_what_is_sold_out_is_left_out_and_said(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    mug, plate = a_product(site, stock=9), a_product(site, "Talerz", stock=9)
    link = a_left_cart(site, wracaj, mug, plate, quantity=3)
    site.php(f"update_post_meta({mug}, '_stock', 0); update_post_meta({plate}, '_stock', 2);")
    page = visitor.get(link)
    assert lines(page) == ["Talerz × 2"]
    assert "W tej chwili niedostępne, dlatego pominięte: Kubek." in page.text
    assert "Mniej sztuk, niż było w koszyku: Talerz." in page.text
    assert "cannot add" not in page.text


def test_a_product_that_is_gone_is_left_out(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    mug = a_product(site)
    link = a_left_cart(site, wracaj, mug, a_product(site, "Talerz"))
    site.php(f"wp_delete_post({mug}, true);")
    page = visitor.get(link)
    assert lines(page) == ["Talerz × 1"] and "niedostępne" in page.text


def test_a_variation_comes_back_as_that_variation(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    from shopping import a_variation

    shirt = a_product(site, "Koszulka", "80.00")
    red = a_variation(site, shirt, "Koszulka czerwona", "90.00")
    shopper = site.visitor()
    shopper.post("/?wc-ajax=add_to_cart", {"product_id": shirt, "variation_id": red})
    shopper.get("/")
    site.run_actions()
    page = visitor.get(wracaj.last("cart")["recovery_url"])
    assert lines(page) == ["Koszulka czerwona × 1"] and "90.00" in page.text


def test_a_coupon_in_the_link_is_applied(site: Site, visitor: Visitor, wracaj: WracajHere) -> None:
    site.php(
        "$c = new WC_Coupon(); $c->set_code('lato-10'); $c->set_discount_type('percent');"
        "$c->set_amount('10'); $c->save();"
    )
    link = a_left_cart(site, wracaj, a_product(site))
    assert '<b class="total">179.10</b>' in visitor.get(link + "&coupon=LATO-10").text
    assert '<b class="total">179.10</b>' in visitor.get(link + "&coupon=LATO-10").text


def test_whoever_opens_it_has_a_cart_id_of_their_own_and_the_order_names_both(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    link = a_left_cart(site, wracaj, a_product(site))
    left = wracaj.last("c")["cart_id"]
    visitor.get(link)
    site.run_actions()
    own = wracaj.last("cart.created")["cart_id"]
    assert own != left
    buy(visitor, "ala@poczta.example")
    site.run_actions()
    order = wracaj.last("order.created")
    assert (order["cart_id"], order["checkout_id"]) == (own, left) and wracaj.problems == []


def test_in_the_same_browser_it_stays_the_same_cart(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    add(visitor, a_product(site))
    site.run_actions()
    link, left = wracaj.last("cart")["recovery_url"], wracaj.last("cart")["cart_id"]
    visitor.post("/?wc-ajax=change", {"line": 0, "quantity": 0})
    site.run_actions()
    assert lines(visitor.get(link)) == []  # emptied by the shopper: the link knows the last state
    assert wracaj.last("cart")["cart_id"] == left


def test_after_the_order_the_link_says_thank_you(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    add(visitor, a_product(site))
    site.run_actions()
    link = wracaj.last("cart")["recovery_url"]
    number = buy(visitor, "ala@poczta.example")
    site.run_actions()
    page = site.visitor().get(link)
    assert lines(page) == [] and "Ten koszyk został już zamówiony" in page.text
    site.php(f"wc_get_order({number})->update_status('cancelled');")
    assert lines(site.visitor().get(link)) == ["Kubek × 1"]


def test_after_an_order_by_the_link_in_another_browser_nothing_is_left_to_bring_back(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    mug = a_product(site)
    shopper = site.visitor()
    add(shopper, mug)
    type_address(shopper, "ala@poczta.example", ticked=True)
    site.run_actions()
    link = str(wracaj.last("c")["recovery_url"])
    visitor.get(link)
    buy(visitor, "ala@poczta.example")
    page = site.visitor().get(link)
    assert "Ten koszyk został już zamówiony" in page.text and lines(page) == []
    site.run_actions()
    wracaj.forget()
    shopper.get(link)  # it still holds what was ordered: that is no new cart
    site.run_actions()
    assert [kind for kind in wracaj.types() if kind.startswith("c")] == []
    add(shopper, a_product(site, "Talerz"))
    site.run_actions()
    assert wracaj.last("cart")["recovery_url"] != link


def test_a_wrong_token_shows_nothing_and_breaks_nothing(site: Site, visitor: Visitor) -> None:
    for token in ("x", "A" * 43, "%27%20OR%201=1", "../../wp-config"):
        page = visitor.get(f"/?wracaj={token}")
        assert page.status == 200 and lines(page) == []
        assert "Ten link już nie działa" in page.text
    assert visitor.get("/?wracaj[]=1").status == 200


def test_the_page_of_a_link_is_not_cached(site: Site, visitor: Visitor, wracaj: WracajHere) -> None:
    import urllib.request

    link = a_left_cart(site, wracaj, a_product(site))

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *args: object) -> None:
            """Stay at the first answer."""

    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), Stay)
    request = urllib.request.Request(
        site.address + link.removeprefix("https://kubek.example"), headers={"Host": "kubek.example"}
    )
    try:
        opener.open(request)
    except urllib.error.HTTPError as error:
        assert error.code == 302 and "no-cache" in error.headers["Cache-Control"]
    else:
        raise AssertionError("the link did not lead on")
