"""One request for one of the pages, and the answers that all of them share."""

from dataclasses import dataclass
from html import escape

from preferences.words import PROBLEMS
from wracaj.cart import Cart
from wracaj.consent import Channel, whose
from wracaj.contacts import may_be_texted
from wracaj.customer import Customer, OpenCart
from wracaj.events import Contact
from wracaj.language import Locale
from wracaj.page import PRIVATE, Response, html_page
from wracaj.settings import ShopSettings
from wracaj.store.step_records import LinkTarget


@dataclass(frozen=True)
class Visit:
    """`cart`: what the message was about; None where it is gone."""

    token: str
    told: str  # what the last form came to, see words.Told; anybody may write it
    target: LinkTarget
    shop: ShopSettings
    customer: Customer
    cart: Cart | None
    lang: Locale
    open_carts: tuple[OpenCart, ...] = ()  # the shopper's, where the page is about what they agree to
    carts: tuple[Cart, ...] = ()  # the newest of these

    @property
    def reach(self) -> Contact:
        """The shopper's addresses; of e-mail addresses the one that the link was mailed to."""
        own, known = (self.cart.contact.email if self.cart else None), self.customer.contact.email
        email = next((one for one in (own, known) if one and whose(one) == self.target.whose), known or own)
        return self.customer.contact.model_copy(update={"email": email})

    @property
    def channels(self) -> list[Channel]:
        """Those that the shop has set up and the shopper can be reached by."""
        return [channel for channel in Channel if self.addresses(channel)]

    def addresses(self, channel: Channel) -> list[str]:
        """The shopper's own, which a yes is for; where they do not agree for it, one more that messages do go to: a
        checkout's yes is for the address that was typed there."""
        own, others = self.reach.address(channel), self._agreed(channel)
        if own and self.agrees(channel, own):
            others = []
        found = dict.fromkeys([*filter(None, [own]), *others[:1]])
        return [address for address in found if self._is_set_up(channel, address)]

    def _is_set_up(self, channel: Channel, address: str) -> bool:
        match channel:
            case Channel.WEB_PUSH:
                return self.shop.web_push is not None
            case Channel.SMS:
                return may_be_texted(address, self.shop.texts_to)
            case Channel.MESSENGER:
                return self.shop.messenger is not None
            case Channel.AUDIENCE:
                return bool(self.shop.audiences)
        return True

    def agrees(self, channel: Channel, address: str) -> bool:
        """As a message to this address would be judged, whichever of the shopper's open carts it is about. What was said
        in the cart of this message counts for its addresses."""
        cart = self.cart or Cart(shop=self.shop.shop, cart_id=self.target.cart_id)
        is_own = address == self.reach.address(channel)
        own = is_own and self.customer.agrees(cart.model_copy(update={"contact": self.reach}), channel)
        return own or address in self._agreed(channel)

    def _agreed(self, channel: Channel) -> list[str]:
        """Where messages about open carts go by this channel."""
        going = [cart for cart in self.carts if self.customer.agrees(cart, channel)]
        return [address for cart in going if (address := self.customer.address(cart, channel))]

    def page(self, title: str, body: str, status: int = 200) -> Response:
        return html_page(title, body, self.lang, status=status, shop=self.shop, wide=True)

    def back(self, told: str = "") -> Response:
        """After a form: the page anew, so that a reload sends nothing twice. Relative, as the API may lie under any path."""
        return {"statusCode": 303, "headers": PRIVATE | {"location": f"{self.token}{f'?told={told}' if told else ''}"}}


def problem(which: str, status: int, lang: Locale, shop: ShopSettings | None = None) -> Response:
    words = PROBLEMS[lang][which]
    return html_page(words.title, f"<p>{escape(words.text)}</p>", lang, status=status, shop=shop)
