"""What shoppers do, in both checkouts, and products to do it with."""

from typing import Any

from site_here import Site, Visitor


def a_product(
    site: Site, title: str = "Kubek", price: str = "199.00", stock: int | None = None
) -> int:
    keep = "" if stock is None else f"update_post_meta($id, '_stock', {stock});"
    return int(
        site.php(
            "$id = wp_insert_post(['post_type' => 'product', 'post_status' =>"
            " 'publish', 'post_title' =>"
            f" '{title}']); update_post_meta($id, '_price', '{price}'); {keep} return $id;"
        )
    )


def a_variation(site: Site, parent: int, title: str, price: str) -> int:
    return int(
        site.php(
            "$id = wp_insert_post(['post_type' => 'product_variation', 'post_status' => 'publish',"
            f" 'post_title' => '{title}', 'post_parent' => {parent}]);"
            f"update_post_meta($id, '_price', '{price}'); return $id;"
        )
    )


def add(visitor: Visitor, product: int, quantity: int = 1) -> None:
    """Add by AJAX, as most themes do, and look at the cart."""
    visitor.post("/?wc-ajax=add_to_cart", {"product_id": product, "quantity": quantity})
    visitor.get("/")


def type_address(visitor: Visitor, email: str, *, ticked: bool | None = None) -> dict[str, Any]:
    """Fill in the classic checkout; our own script reports it."""
    page = visitor.get(checkout(visitor.site))
    nonce = page.find(r'window.wracajCheckout = [^<]*"nonce":"([^"]+)"')
    consent = "" if ticked is None else str(int(ticked))
    form = {"nonce": nonce, "email": email, "consent": consent}
    return dict(visitor.post("/?wc-ajax=wracaj_contact", form).json())


def buy(
    visitor: Visitor,
    email: str,
    method: str = "bacs",
    *,
    ticked: bool = False,
    makes_account: bool = False,
) -> int:
    """Place the order in the classic checkout."""
    page = visitor.get(checkout(visitor.site))
    nonce = page.find(r'name="woocommerce-process-checkout-nonce" value="([^"]+)"')
    box = {"wracaj_consent": "1"} if ticked else {}
    form = {
        "woocommerce-process-checkout-nonce": nonce,
        "billing_email": email,
        "billing_first_name": "Ala",
        "billing_phone": "+48601234567",
        "payment_method": method,
        "wracaj_consent_shown": "1",
        **box,
        **({"createaccount": "1"} if makes_account else {}),
    }
    answer = visitor.post("/?wc-ajax=checkout", form).json()
    assert answer["result"] == "success"
    return int(answer["order_id"])


def buy_in_blocks(
    visitor: Visitor, email: str, method: str = "bacs", *, ticked: bool = False
) -> int:
    """Place the order in the block checkout."""
    body = {
        "billing_address": {"email": email, "first_name": "Ala", "phone": "+48601234567"},
        "additional_fields": {"wracaj/email-consent": ticked},
        "payment_method": method,
    }
    page = visitor.store("POST", "checkout", body)
    assert page.status == 200, page.text
    return int(page.json()["order_id"])


def checkout(site: Site) -> str:
    page = site.php("return (int) get_option('woocommerce_checkout_page_id');")
    return f"/?page_id={page}"
