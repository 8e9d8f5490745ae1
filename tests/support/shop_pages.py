"""Pages of shops as their platforms make them, with our script included: the markup of their own
templates, the objects of their own scripts."""

import json

WORDS = (
    "Przypomnijcie mi e-mailem o tym koszyku, jeśli nie dokończę zakupów. Zgodę mogę wycofać w"
    " każdej chwili."
)
CONSENT = {"pl": WORDS}
BLOCKS_CART = {
    "items": [
        {
            "key": "9f61408e3afb633e50cdf1b20de6f466",
            "id": 56,
            "name": "Kubek gliniany",
            "quantity": 2,
            "permalink": "https://kubek.example/produkt/kubek",
            "images": [{"src": "https://kubek.example/img/kubek.jpg"}],
            "prices": {"price": "5900", "currency_code": "PLN", "currency_minor_unit": 2},
        }
    ],
    "totals": {"total_price": "13300", "currency_code": "PLN", "currency_minor_unit": 2},
    "billingAddress": {"email": ""},
}
SHOPER_BASKET = {
    "basket": {"sum_no_shipping_float": 118.5},
    "products": [
        {
            "id": 7,
            "product_id": 34,
            "stock_id": 56,
            "variant": "biały",
            "name": "Kubek gliniany",
            "price_float": 59.25,
            "quantity": 2,
        }
    ],
    "user_info": {"mail": "konto@poczta.example"},
}
GENERIC_CART = {
    "currency": "PLN",
    "total": 118.5,
    "items": [
        {
            "id": "KUBEK-1",
            "title": "Kubek gliniany",
            "quantity": 2,
            "price": "59.25",
            "url": "https://kubek.example/kubek",
            "image": "https://kubek.example/kubek.jpg",
        }
    ],
}
CLASSIC_FIELD = """<p class="form-row form-row-wide" id="billing_email_field">
<label for="billing_email">Adres e-mail</label>
<span class="woocommerce-input-wrapper"><input type="email" name="billing_email"
 id="billing_email"></span></p>"""
CLASSIC_REVIEW = """<table class="shop_table woocommerce-checkout-review-order-table"><tbody>
<tr class="cart_item"><td class="product-name">Kubek gliniany&nbsp;
<strong class="product-quantity">&times;&nbsp;2</strong></td>
<td class="product-total"><span class="woocommerce-Price-amount amount"><bdi>1 118,50&nbsp;
<span class="woocommerce-Price-currencySymbol">zł</span></bdi></span></td></tr></tbody>
<tfoot><tr class="order-total"><th>Razem</th><td><strong>
<span class="woocommerce-Price-amount amount"><bdi>1 133,50&nbsp;
<span class="woocommerce-Price-currencySymbol">zł</span></bdi></span></strong></td></tr></tfoot>
</table>"""
CLASSIC_CART = """<form class="woocommerce-cart-form"><table class="shop_table cart"><tbody>
<tr class="woocommerce-cart-form__cart-item cart_item">
<td class="product-remove"><a href="https://kubek.example/koszyk/?remove_item=9f" class="remove"
 data-product_id="34" data-product_sku="K-1">&times;</a></td>
<td class="product-thumbnail"><a href="https://kubek.example/produkt/kubek"><img
 src="https://kubek.example/img/kubek.jpg" alt=""></a></td>
<td class="product-name"><a href="https://kubek.example/produkt/kubek">Kubek gliniany</a></td>
<td class="product-price"><span class="woocommerce-Price-amount amount"><bdi>59,25&nbsp;<span
 class="woocommerce-Price-currencySymbol">zł</span></bdi></span></td>
<td class="product-quantity"><div class="quantity"><label class="screen-reader-text">ilość</label>
<input type="number" class="input-text qty text" value="2"></div></td>
</tr></tbody></table></form>"""
CLASSIC_MINI = """<ul class="woocommerce-mini-cart cart_list">
<li class="woocommerce-mini-cart-item mini_cart_item">
<a href="https://kubek.example/koszyk/?remove_item=9f" class="remove remove_from_cart_button"
 data-product_id="34">&times;</a>
<a href="https://kubek.example/produkt/kubek"><img
 src="https://kubek.example/img/kubek.jpg" alt="">Kubek gliniany</a>
<span class="quantity">2 &times; <span class="woocommerce-Price-amount amount"><bdi>59,25&nbsp;<span
 class="woocommerce-Price-currencySymbol">zł</span></bdi></span></span></li></ul>
<p class="woocommerce-mini-cart__total total"><strong>Kwota:</strong>
<span class="woocommerce-Price-amount amount">
<bdi>118,50&nbsp;<span class="woocommerce-Price-currencySymbol">zł</span></bdi></span></p>"""


def a_page(inside: str, script: str) -> str:
    return (
        '<!doctype html><html lang="pl"><meta charset="utf-8"><title>Kubek i Spółka</title>'
        f'<h1 id="title">Zamówienie</h1>{inside}{script}</html>'
    )


def blocks_page() -> str:
    """The block checkout: the data store of wp.data, and the contact step's field."""
    return f"""<script>
window.basket = {json.dumps(BLOCKS_CART)};
window.wp = {{data: {{select: (name) => name === "wc/store/cart" ? {{
  getCartData: () => window.basket,
  hasFinishedResolution: () => window.isResolved !== false }} : null}}}};
</script><div class="wc-block-checkout"><div class="wc-block-checkout__contact-fields">
<div class="wc-block-components-text-input wc-block-components-address-form__email">
<input type="email" id="email" autocomplete="email"><label for="email">Adres e-mail</label>
</div></div></div>"""


def shoper_page() -> str:
    return f"""<script>
window.asked = 0;
window.basket = {json.dumps(SHOPER_BASKET)};
window.frontAPI = {{getBasketInfo: (tell) => {{
  window.asked += 1;
  setTimeout(() => tell(window.basket), 20); }}}};
</script><div id="box_basketaddress"><input type="text" name="mail"></div>"""


def generic_page(words: str = WORDS) -> str:
    cart = json.dumps(GENERIC_CART).replace("'", "&#39;")
    return f"""<div hidden data-wracaj='{cart}'></div>
<p><label>E-mail <input type="email" data-wracaj-email></label></p>
<p><label><input type="checkbox" data-wracaj-consent> {words}</label></p>"""
