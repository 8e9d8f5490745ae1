"""What a new Vendure shop needs before anybody can buy: a country, taxes, delivery, a mug."""

from vendure_here import Visitor


def set_up(owner: Visitor) -> str:
    """Return the id of the product's variant. It costs 199.00 zł."""
    zone = owner.ask('mutation { createZone(input: {name: "Polska"}) { id } }')["createZone"]["id"]
    country = owner.ask(
        'mutation { createCountry(input: {code: "PL", enabled: true, translations:'
        ' [{languageCode: en, name: "Polska"}]}) { id } }'
    )["createCountry"]["id"]
    owner.ask(
        "mutation ($z: ID!, $c: [ID!]!) { addMembersToZone(zoneId: $z, memberIds: $c) { id } }",
        z=zone,
        c=[country],
    )
    _with_currency(owner, zone)
    category = owner.ask(
        'mutation { createTaxCategory(input: {name: "VAT", isDefault: true}) { id } }'
    )["createTaxCategory"]["id"]
    owner.ask(
        "mutation ($i: CreateTaxRateInput!) { createTaxRate(input: $i) { id } }",
        i={"name": "VAT", "enabled": True, "value": 23, "categoryId": category, "zoneId": zone},
    )
    _delivery_and_payment(owner)
    return _mug(owner, category)


def _with_currency(owner: Visitor, zone: str) -> None:
    channel = owner.ask("{ activeChannel { id } }")["activeChannel"]["id"]
    owner.ask(
        "mutation ($i: UpdateChannelInput!) { updateChannel(input: $i) { __typename } }",
        i={
            "id": channel,
            "pricesIncludeTax": True,
            "availableCurrencyCodes": ["PLN"],
            "defaultCurrencyCode": "PLN",
            "defaultTaxZoneId": zone,
            "defaultShippingZoneId": zone,
        },
    )


def _delivery_and_payment(owner: Visitor) -> None:
    owner.ask(
        "mutation ($i: CreateShippingMethodInput!) { createShippingMethod(input: $i) { id } }",
        i={
            "code": "courier",
            "fulfillmentHandler": "manual-fulfillment",
            "checker": {
                "code": "default-shipping-eligibility-checker",
                "arguments": [{"name": "orderMinimum", "value": "0"}],
            },
            "calculator": {
                "code": "default-shipping-calculator",
                "arguments": [
                    {"name": "rate", "value": "1500"},
                    {"name": "includesTax", "value": "include"},
                    {"name": "taxRate", "value": "23"},
                ],
            },
            "translations": [{"languageCode": "en", "name": "Kurier", "description": ""}],
        },
    )
    owner.ask(
        "mutation ($i: CreatePaymentMethodInput!) { createPaymentMethod(input: $i) { id } }",
        i={
            "code": "transfer",
            "enabled": True,
            "handler": {
                "code": "dummy-payment-handler",
                "arguments": [{"name": "automaticSettle", "value": "true"}],
            },
            "translations": [{"languageCode": "en", "name": "Przelew", "description": ""}],
        },
    )


def _mug(owner: Visitor, category: str) -> str:
    product = owner.ask(
        "mutation ($i: CreateProductInput!) { createProduct(input: $i) { id } }",
        i={
            "enabled": True,
            "translations": [
                {"languageCode": "en", "name": "Kubek", "slug": "kubek", "description": ""}
            ],
        },
    )["createProduct"]["id"]
    variants = owner.ask(
        "mutation ($i: [CreateProductVariantInput!]!) { createProductVariants(input: $i) { id } }",
        i=[
            {
                "productId": product,
                "sku": "Kubek w kropki",
                "price": 19900,
                "taxCategoryId": category,
                "stockOnHand": 1000,
                "translations": [{"languageCode": "en", "name": "Kubek w kropki"}],
            }
        ],
    )
    variant: str = variants["createProductVariants"][0]["id"]
    return variant
