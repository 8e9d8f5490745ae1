<?php

declare(strict_types=1);

/** A product or a variation: a post, with its price (tax included) and stock in meta. */
class WC_Product
{
    public function __construct(protected WP_Post $post)
    {
    }

    public function get_id(): int
    {
        return $this->post->ID;
    }

    public function get_name(): string
    {
        return $this->post->post_title;
    }

    public function get_status(): string
    {
        return $this->post->post_status;
    }

    public function get_price(): string
    {
        return (string) get_post_meta($this->post->ID, '_price', true);
    }

    public function get_image_id(): string
    {
        return (string) get_post_meta($this->post->ID, '_thumbnail_id', true);
    }

    public function get_permalink(): string
    {
        return (string) get_permalink($this->post->post_parent ?: $this->post->ID);
    }

    public function is_visible(): bool
    {
        return $this->get_status() === 'publish';
    }

    public function is_purchasable(): bool
    {
        return $this->get_status() === 'publish' && $this->get_price() !== '';
    }

    public function get_stock_quantity(): ?int
    {
        $stock = get_post_meta($this->post->ID, '_stock', true);

        return $stock === '' ? null : (int) $stock;
    }

    public function is_in_stock(): bool
    {
        return $this->get_stock_quantity() === null || $this->get_stock_quantity() > 0;
    }

    public function has_enough_stock($quantity): bool
    {
        return $this->get_stock_quantity() === null || $quantity <= $this->get_stock_quantity();
    }
}

/** Its attributes are meta, as WooCommerce keeps them; an empty one leaves the choice to the shopper. */
final class WC_Product_Variation extends WC_Product
{
    public function get_variation_attributes(bool $withPrefix = true): array
    {
        $attributes = [];
        foreach (get_post_meta($this->post->ID) as $key => $values) {
            if (str_starts_with($key, 'attribute_')) {
                $attributes[$withPrefix ? $key : substr($key, 10)] = $values[0];
            }
        }

        return $attributes;
    }
}

function wc_is_attribute_in_product_name($attribute, $name): bool
{
    return stristr($name, " $attribute,") || stripos(strrev($name), strrev(" $attribute")) === 0;
}

function wc_get_product($id): WC_Product|false
{
    $post = get_post((int) $id);

    return match ($post->post_type ?? '') {
        'product' => new WC_Product($post),
        'product_variation' => new WC_Product_Variation($post),
        default => false,
    };
}

function wc_get_price_including_tax(WC_Product $product): float
{
    return (float) $product->get_price();
}
