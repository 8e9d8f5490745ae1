"""A shopper's story for scripts. docs/operations.md describes the keys, which do not change."""

from typing import Any

from wracaj.settings.shop import ShopSettings
from wracaj_cli.shopper.story import CodeStory, ShopperStory
from wracaj_cli.shops.arms import arms_as_json
from wracaj_cli.shops.cart_json import cart_as_json


def story_as_json(story: ShopperStory, shop: ShopSettings) -> dict[str, Any]:
    contact = story.contact
    return {
        "shop": story.shop,
        "id": story.id,
        "email": contact.email,
        "phone": contact.phone,
        "platform_id": contact.platform_id,
        "first_name": contact.first_name,
        "locale": contact.locale,
        "erased_at": story.erased_at,
        "pace": story.pace,
        "declined": list(story.declined),
        "addresses": [vars(one) for one in story.addresses],
        "consents": [
            word.model_dump(mode="json", exclude={"address_hash"}) for word in story.consents
        ],
        "carts": [cart_as_json(one.cart, shop, one.became, story.arms) for one in story.carts],
        "carts_left_out": story.left_out,
        "codes": [_code(code) for code in story.codes],
        "orders": [order.model_dump(mode="json") for order in story.orders],
        "points": story.points.points if story.points else None,
        "tier": story.points.tier if story.points else None,
        "experiments": arms_as_json(story.arms),
    }


def _code(code: CodeStory) -> dict[str, Any]:
    voucher = code.voucher
    return {
        "code": voucher.code,
        "discount": str(voucher.discount),
        "starts_at": voucher.starts_at,
        "expires_at": voucher.expires_at,
        "given_for": code.given_for,
        "cart_id": code.cart_id,
        "given_at": code.given_at,
    }
