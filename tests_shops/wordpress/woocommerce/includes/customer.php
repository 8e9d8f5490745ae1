<?php

declare(strict_types=1);

/**
 * The billing fields and the additional fields of a customer. The customer of a session is kept in it,
 * also while logged in; what is kept there counts until the user's record changes.
 */
final class WC_Customer
{
    private const KEYS = ['billing_email', 'billing_phone', 'billing_first_name', '_wc_other/wracaj/email-consent'];
    /** @var array<string, string> */
    private array $meta = [];
    private string $modified = '';

    public function __construct(private int $id = 0, private bool $isSession = false)
    {
        $this->modified = $id ? (string) get_user_meta($id, 'last_update', true) : '';
        $kept = $isSession ? (array) WC()->session->get('customer', []) : [];
        $counts = $kept !== [] && $kept['id'] === $id && $kept['modified'] === $this->modified;
        foreach (self::KEYS as $key) {
            $stored = $id ? (string) get_user_meta($id, $key, true) : '';
            $this->meta[$key] = $counts && $kept[$key] !== '' ? $kept[$key] : $stored;
        }
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

    public function get_meta(string $key, bool $single = true, string $context = 'view')
    {
        $value = $this->meta[$key] ?? '';

        return $context === 'view' ? apply_filters("woocommerce_customer_get_$key", $value, $this) : $value;
    }

    public function add_meta_data(string $key, $value): void
    {
        $this->update_meta_data($key, $value);
    }

    public function update_meta_data(string $key, $value): void
    {
        $this->meta[$key] = (string) $value;
    }

    public function save(): void
    {
        if ($this->isSession) {
            WC()->session->set('customer', $this->meta + ['id' => $this->id, 'modified' => $this->modified]);
            return;
        }
        foreach ($this->meta as $key => $value) {
            update_user_meta($this->id, $key, $value);
        }
        update_user_meta($this->id, 'last_update', (string) microtime(true));
        do_action('woocommerce_update_customer', $this->id, $this);
    }

    /** An order's customer goes into the user's record, with the additional fields of its form. */
    public function keepForUser(): void
    {
        if ($this->id) {
            $stored = new self($this->id);
            $stored->meta = $this->meta;
            $stored->save();
        }
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

    /** In the block checkout WooCommerce reads what is stored; on the account page through its filter. */
    public static function value(string $key, WC_Customer|WC_Order $object)
    {
        $context = is_account_page() ? 'view' : 'edit';
        $value = $object instanceof WC_Order ? $object->get_meta("_wc_other/$key")
            : $object->get_meta("_wc_other/$key", true, $context);

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
