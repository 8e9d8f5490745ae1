<?php

declare(strict_types=1);

/** A product or a variation: a post, with its price (tax included) and stock in meta. */
final class WC_Product
{
    public function __construct(private WP_Post $post)
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

function wc_get_product($id): WC_Product|false
{
    $post = get_post((int) $id);

    return $post && in_array($post->post_type, ['product', 'product_variation'], true) ? new WC_Product($post) : false;
}

function wc_get_price_including_tax(WC_Product $product): float
{
    return (float) $product->get_price();
}
