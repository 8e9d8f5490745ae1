<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/**
 * What a line is called. WooCommerce leaves out of a variation's name what the variation does not fix
 * ("any colour"), and all of it where a product has many attributes: what the shopper chose is added.
 */
final class ProductTitle
{
    /** @param array<string, mixed> $chosen Values by the attribute's name, with or without `attribute_`. */
    public static function of(string $name, array $chosen): string
    {
        $shown = [];
        foreach (array_filter($chosen, 'is_scalar') as $attribute => $value) {
            $shown[] = self::shown((string) preg_replace('/^attribute_/', '', (string) $attribute), (string) $value);
        }
        $shown = array_filter($shown, 'strlen');
        $added = array_filter($shown, static function (string $value) use ($name): bool {
            return !wc_is_attribute_in_product_name($value, $name);
        });
        $joint = count($added) < count($shown) ? ', ' : ' - '; // as WooCommerce itself writes them

        return $added === [] ? $name : $name . $joint . implode(', ', $added);
    }

    /** An attribute that is shared by products is stored as its term's slug. */
    private static function shown(string $attribute, string $value): string
    {
        $taxonomy = urldecode($attribute);
        $term = taxonomy_exists($taxonomy) ? get_term_by('slug', $value, $taxonomy) : null;

        return $term instanceof \WP_Term ? $term->name : rawurldecode($value);
    }
}
