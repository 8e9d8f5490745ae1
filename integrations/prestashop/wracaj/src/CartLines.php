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
            $given = empty($line['id_customization']) ? min($gifts[$name] ?? 0, (int) $line['cart_quantity']) : 0;
            $gifts[$name] = ($gifts[$name] ?? 0) - $given;
            $line['wanted'] = (int) $line['cart_quantity'] - $given;
            if ($line['wanted'] > 0) {
                $lines[] = $line;
            }
        }

        return $lines;
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
