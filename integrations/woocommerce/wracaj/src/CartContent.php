<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/** What lies in a WooCommerce cart: as Wracaj reads it, and as the cart's link brings it back. */
final class CartContent
{
    /** @var array<int, array<string, mixed>> */
    public $items = [];
    /** @var array<int, array<string, mixed>> */
    public $lines = [];
    /** @var string With tax and after discounts, without shipping. */
    public $total;
    /** @var string */
    public $currency;

    public static function of(\WC_Cart $cart): self
    {
        $content = new self();
        foreach ($cart->get_cart() as $line) {
            $product = $line['data'] ?? null;
            if ($product instanceof \WC_Product && (float) ($line['quantity'] ?? 0) > 0) {
                $content->items[] = self::item($line, $product);
                $content->lines[] = self::line($line);
            }
        }
        $content->currency = get_woocommerce_currency();
        $content->total = Money::plain(
            (float) $cart->get_cart_contents_total() + (float) $cart->get_cart_contents_tax()
        );

        return $content;
    }

    public function isEmpty(): bool
    {
        return $this->items === [];
    }

    public function digest(): string
    {
        return md5((string) json_encode([$this->items, $this->total, $this->currency]));
    }

    /**
     * @param array<string, mixed> $line
     * @return array<string, mixed>
     */
    private static function item(array $line, \WC_Product $product): array
    {
        return Fields::known([
            'product_id' => (string) ($line['product_id'] ?? $product->get_id()),
            'variant_id' => empty($line['variation_id']) ? null : (string) $line['variation_id'],
            'title' => ProductTitle::of($product->get_name(), (array) ($line['variation'] ?? [])),
            'quantity' => Fields::quantity((float) $line['quantity']),
            'unit_price' => Money::plain(self::unitPrice($line, $product)),
            'image_url' => Fields::secure(self::image($product)),
            'url' => Fields::secure($product->is_visible() ? (string) $product->get_permalink() : ''),
        ]);
    }

    /**
     * @param array<string, mixed> $line
     * @return array<string, mixed>
     */
    private static function line(array $line): array
    {
        return [
            'product_id' => (int) ($line['product_id'] ?? 0),
            'variation_id' => (int) ($line['variation_id'] ?? 0),
            'variation' => array_map('strval', array_filter((array) ($line['variation'] ?? []), 'is_scalar')),
            'quantity' => Fields::quantity((float) $line['quantity']),
        ];
    }

    /** @param array<string, mixed> $line */
    private static function unitPrice(array $line, \WC_Product $product): float
    {
        if (isset($line['line_subtotal'], $line['line_subtotal_tax'])) {
            return ((float) $line['line_subtotal'] + (float) $line['line_subtotal_tax']) / (float) $line['quantity'];
        }

        return (float) wc_get_price_including_tax($product);
    }

    private static function image(\WC_Product $product): string
    {
        $id = (int) $product->get_image_id();

        return $id ? (string) wp_get_attachment_image_url($id, 'woocommerce_thumbnail') : '';
    }
}
