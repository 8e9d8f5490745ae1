<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/** An order as it is now, in plain values: what `OrderEvents` decides on. */
final class OrderSnapshot
{
    /** @var array<string, mixed> */
    public $values;

    /** @param array<string, mixed> $values */
    public function __construct(array $values)
    {
        $this->values = $values;
    }

    /** @param int $placedAt When the shopper pressed the button, where that was seen; else 0. */
    public static function of(\WC_Order $order, int $placedAt): self
    {
        $created = $order->get_date_created();
        $paid = $order->get_date_paid();

        return new self([
            'order_id' => (string) $order->get_id(),
            'status' => (string) $order->get_status(),
            'created_at' => $placedAt ?: ($created ? $created->getTimestamp() : time()),
            'paid_at' => $paid ? $paid->getTimestamp() : 0,
            'cart_id' => (string) $order->get_meta(Checkout::CART_META),
            'restored_cart_id' => (string) $order->get_meta(Checkout::RESTORED_META),
            'customer' => self::customer($order),
            'consent' => Consent::told(
                self::listed($order->get_meta(Consent::ORDER_META)),
                (string) $order->get_billing_email()
            ),
            'currency' => (string) $order->get_currency(),
            'total' => Money::plain($order->get_total()),
            'tax' => Money::plain($order->get_total_tax()),
            'shipping' => Money::plain((float) $order->get_shipping_total() + (float) $order->get_shipping_tax()),
            'discount' => Money::plain((float) $order->get_discount_total() + (float) $order->get_discount_tax()),
            'discount_codes' => array_values(array_map('strval', $order->get_coupon_codes())),
            'items' => self::items($order),
            'refunds' => self::refunds($order),
        ]);
    }

    /** @return array<string, mixed> */
    private static function customer(\WC_Order $order): array
    {
        $id = (int) $order->get_customer_id();

        return ['id' => $id ? (string) $id : null] + Fields::known([
            'email' => Fields::email((string) $order->get_billing_email()),
            'phone' => (string) $order->get_billing_phone(),
            'first_name' => (string) $order->get_billing_first_name(),
        ]);
    }

    /** @return array<int, array<string, mixed>> */
    private static function items(\WC_Order $order): array
    {
        $items = [];
        foreach ($order->get_items() as $item) {
            $product = $item->get_product();
            $isThere = $product instanceof \WC_Product;
            $image = $isThere ? (int) $product->get_image_id() : 0;
            $items[] = Fields::known([
                'product_id' => (string) $item->get_product_id(),
                'variant_id' => $item->get_variation_id() ? (string) $item->get_variation_id() : null,
                'title' => ProductTitle::of((string) $item->get_name(), self::chosen($item, $product)),
                'quantity' => Fields::quantity((float) $item->get_quantity()),
                'unit_price' => Money::plain($order->get_item_total($item, true, false)),
                'image_url' => Fields::secure(
                    $image ? (string) wp_get_attachment_image_url($image, 'woocommerce_thumbnail') : ''
                ),
                'url' => Fields::secure($isThere && $product->is_visible() ? (string) $product->get_permalink() : ''),
            ]);
        }

        return $items;
    }

    /**
     * What the shopper chose of a variation: the order's line keeps it under the attribute's name.
     *
     * @param mixed $product
     * @return array<string, mixed>
     */
    private static function chosen(object $item, $product): array
    {
        $chosen = [];
        if ($product instanceof \WC_Product_Variation) {
            foreach (array_keys($product->get_variation_attributes(false)) as $attribute) {
                $chosen[$attribute] = $item->get_meta((string) $attribute);
            }
        }

        return $chosen;
    }

    /** @return array<string, array{amount: string, at: int}> By the refund's id. */
    private static function refunds(\WC_Order $order): array
    {
        $refunds = [];
        foreach ($order->get_refunds() as $refund) {
            $created = $refund->get_date_created();
            $refunds[(string) $refund->get_id()] = [
                'amount' => Money::plain(abs((float) $refund->get_amount())),
                'at' => $created ? $created->getTimestamp() : time(),
            ];
        }

        return $refunds;
    }

    /**
     * @param mixed $meta
     * @return array<string, mixed>
     */
    private static function listed($meta): array
    {
        return is_array($meta) ? $meta : [];
    }
}
