<?php

declare(strict_types=1);

/** The billing fields of a customer: in user meta, or of a guest in the session. */
final class WC_Customer
{
    /** @var array<string, string> */
    private array $meta = [];

    public function __construct(private int $id = 0, private bool $isSession = false)
    {
        $kept = $isSession && !$id ? WC()->session->get('customer', []) : [];
        foreach (['email', 'phone', 'first_name'] as $name) {
            $this->meta["billing_$name"] = (string) ($id ? get_user_meta($id, "billing_$name", true) : $kept["billing_$name"] ?? '');
        }
        $key = '_wc_other/wracaj/email-consent';
        $this->meta[$key] = (string) ($id ? get_user_meta($id, $key, true) : $kept[$key] ?? '');
    }

    public function get_id(): int
    {
        return $this->id;
    }

    public function __call(string $name, array $arguments)
    {
        if (str_starts_with($name, 'get_')) {
            return $this->meta[substr($name, 4)] ?? '';
        }
        if (str_starts_with($name, 'set_')) {
            $this->meta[substr($name, 4)] = (string) $arguments[0];
        }
        return null;
    }

    public function get_meta(string $key)
    {
        return $this->meta[$key] ?? '';
    }

    public function add_meta_data(string $key, $value): void
    {
        $this->meta[$key] = (string) $value;
    }

    public function save(): void
    {
        if (!$this->id) {
            WC()->session->set('customer', $this->meta);
            return;
        }
        foreach ($this->meta as $key => $value) {
            update_user_meta($this->id, $key, $value);
        }
        do_action('woocommerce_update_customer', $this->id, $this);
    }
}

/** Additional checkout fields: registering, and persisting as WooCommerce's CheckoutFields does. */
final class Stand_In_Fields
{
    /** @var array<string, array<string, mixed>> */
    public static array $fields = [];

    public static function persist(string $key, $value, WC_Customer|WC_Order $object): void
    {
        do_action('woocommerce_set_additional_field_value', $key, $value, 'other', $object);
        $object->add_meta_data("_wc_other/$key", is_bool($value) ? ($value ? '1' : '0') : (string) $value, true);
    }

    public static function value(string $key, WC_Customer|WC_Order $object)
    {
        $value = $object->get_meta("_wc_other/$key");

        return $value === '' ? apply_filters("woocommerce_get_default_value_for_$key", null, 'other', $object) : $value;
    }
}

function woocommerce_register_additional_checkout_field(array $options): void
{
    if (!did_action('woocommerce_init') && !doing_action('woocommerce_init')) {
        _doing_it_wrong(__FUNCTION__, 'too early', '8.6.0');
    }
    Stand_In_Fields::$fields[$options['id']] = $options;
}
