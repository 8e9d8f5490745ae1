<?php

namespace WracajModule;

/**
 * What the shopper put into a cart. PrestaShop keeps the gifts of codes among it, in the same rows;
 * they come and go with their code.
 */
final class CartLines
{
    /**
     * @return array[] PrestaShop's rows, with the quantity without gifts as 'wanted'
     */
    public static function of(\Cart $cart): array
    {
        $gifts = self::gifts($cart);
        $lines = [];
        foreach ($cart->getProducts(true) as $line) {
            $name = self::name($line['id_product'], $line['id_product_attribute']);
            $customization = (int) ($line['id_customization'] ?? 0);
            $given = $customization === 0 ? $gifts[$name] ?? 0 : 0;
            $line['wanted'] = (int) $line['cart_quantity'] - $given;
            // early versions of 1.7 split a row in two, the gift and the rest, both with the whole quantity
            $lines[$name . '-' . $customization] = $line;
        }

        return array_values(array_filter($lines, function (array $line): bool {
            return $line['wanted'] > 0;
        }));
    }

    /**
     * "product-variant"
     */
    public static function name($idProduct, $idVariant): string
    {
        return (int) $idProduct . '-' . (int) $idVariant;
    }

    private static function gifts(\Cart $cart): array
    {
        $gifts = [];
        foreach ($cart->getCartRules(\CartRule::FILTER_ACTION_GIFT, false) ?: [] as $rule) {
            $name = self::name($rule['gift_product'], $rule['gift_product_attribute']);
            $gifts[$name] = ($gifts[$name] ?? 0) + 1;
        }

        return $gifts;
    }
}
