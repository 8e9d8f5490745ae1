<?php

namespace WracajModule;

/**
 * Makes the codes that Wracaj promises, as PrestaShop's cart rules.
 */
final class Codes
{
    private const LOCK_SECONDS = 3;
    private const NAMES = ['pl' => 'Zniżka', 'en' => 'Discount'];
    private const FREE_SHIPPING = ['pl' => 'Darmowa dostawa', 'en' => 'Free delivery'];

    /** @var Store */
    private $store;
    /** @var Carts */
    private $carts;

    public function __construct(Store $store, Carts $carts)
    {
        $this->store = $store;
        $this->carts = $carts;
    }

    /**
     * True where the code is new, false where it existed: then nothing changes.
     *
     * @throws \InvalidArgumentException where this shop cannot give what is asked
     */
    public function make(CodeRequest $request, int $shop): bool
    {
        $isNew = $this->store->alone('code' . $request->code, self::LOCK_SECONDS, function () use ($request, $shop) {
            if ($this->idOf($request->code) > 0) {
                return false;
            }
            $rule = $this->rule($request, $shop);
            if (!$rule->add()) {
                throw new \RuntimeException('PrestaShop did not store the cart rule');
            }
            $this->restrictToShop($rule, $shop);

            return true;
        });
        if ($isNew === null) {
            throw new \RuntimeException('the same code is being made by another request');
        }
        $this->carts->noteCode($request->cartId, $request->code);

        return $isNew;
    }

    /**
     * PrestaShop compares codes without regard to case, like its database.
     */
    public function idOf(string $code): int
    {
        return (int) $this->store->value(
            'SELECT `id_cart_rule` FROM `' . _DB_PREFIX_ . 'cart_rule` WHERE `code` = ' . Store::text($code)
        );
    }

    private function rule(CodeRequest $request, int $shop): \CartRule
    {
        $rule = new \CartRule();
        $rule->code = $request->code;
        $rule->name = self::names($request->freeShipping ? self::FREE_SHIPPING : self::NAMES);
        $rule->description = 'Wracaj';
        $rule->date_from = $request->from;
        $rule->date_to = $request->to;
        $rule->quantity = 1;
        $rule->quantity_per_user = 1;
        $rule->priority = 1;
        // else what is left of an amount becomes a new code after the order
        $rule->partial_use = 0;
        $rule->highlight = 0;
        $rule->active = 1;
        $rule->shop_restriction = (int) \Shop::isFeatureActive();
        $this->setValue($rule, $request, $shop);
        if ($request->minimumTotal !== '') {
            $rule->minimum_amount = (float) $request->minimumTotal;
            $rule->minimum_amount_tax = 1;
            $rule->minimum_amount_currency = self::currency($request->currency, $shop);
            $rule->minimum_amount_shipping = 0;
        }

        return $rule;
    }

    private function setValue(\CartRule $rule, CodeRequest $request, int $shop): void
    {
        if ($request->percent) {
            $rule->reduction_percent = $request->percent;
        } elseif ($request->amount !== '') {
            $rule->reduction_amount = (float) $request->amount;
            $rule->reduction_tax = 1;
            $rule->reduction_currency = self::currency($request->currency, $shop);
        } elseif ($request->giftProduct) {
            $product = new \Product($request->giftProduct, false, null, $shop);
            if (!\Validate::isLoadedObject($product) || !$product->active) {
                throw new \InvalidArgumentException('product_id: the shop has no such product on sale');
            }
            $rule->gift_product = $request->giftProduct;
            $rule->gift_product_attribute = (int) \Product::getDefaultAttribute($request->giftProduct);
        } else {
            $rule->free_shipping = 1;
        }
    }

    private function restrictToShop(\CartRule $rule, int $shop): void
    {
        if (\Shop::isFeatureActive()) {
            $this->store->add('cart_rule_shop', ['id_cart_rule' => (int) $rule->id, 'id_shop' => $shop]);
        }
    }

    private static function currency(string $code, int $shop): int
    {
        $id = $code === ''
            ? (int) \Configuration::get('PS_CURRENCY_DEFAULT', null, null, $shop)
            : (int) \Currency::getIdByIsoCode($code, $shop);
        if ($id === 0) {
            throw new \InvalidArgumentException('currency: the shop does not sell in it');
        }

        return $id;
    }

    /**
     * The name in each language of the shop: shoppers see it in the basket.
     */
    private static function names(array $words): array
    {
        $names = [];
        foreach (\Language::getLanguages(false) as $language) {
            $names[(int) $language['id_lang']] = $words[$language['iso_code']] ?? $words['en'];
        }

        return $names;
    }
}
