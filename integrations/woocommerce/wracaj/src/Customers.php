<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/** Reports the shop's record of a customer, and consents that are given outside a checkout. */
final class Customers
{
    private const RECORD_META = '_wracaj_record';

    /** @var Settings */
    private $settings;
    /** @var Visitor */
    private $visitor;
    /** @var Outbox */
    private $outbox;
    /** @var Delivery */
    private $delivery;
    /** @var array<int, bool> */
    private $touched = [];

    public function __construct(Settings $settings, Visitor $visitor, Outbox $outbox, Delivery $delivery)
    {
        $this->settings = $settings;
        $this->visitor = $visitor;
        $this->outbox = $outbox;
        $this->delivery = $delivery;
    }

    public function register(): void
    {
        foreach (['woocommerce_created_customer', 'woocommerce_update_customer', 'profile_update'] as $hook) {
            Hooks::on($hook, [$this, 'touch']);
        }
        Hooks::on('woocommerce_add_to_cart', [$this, 'touchVisitor']);
        Hooks::on('woocommerce_set_additional_field_value', [$this, 'accountField'], 10, 4);
        Hooks::on('wracaj_consent', [$this, 'newsletter'], 10, 3);
        Hooks::on('shutdown', [$this, 'report'], 6);
    }

    /** @param mixed $userId */
    public function touch($userId): void
    {
        $this->touched[(int) $userId] = true;
    }

    /** A customer from before the plugin is reported with their first cart. */
    public function touchVisitor(): void
    {
        if ($this->visitor->userId()) {
            $this->touch($this->visitor->userId());
        }
    }

    /**
     * The box in the account's details. The checkouts are read elsewhere, with what was typed there.
     *
     * @param mixed $key
     * @param mixed $value
     * @param mixed $group
     * @param mixed $object
     */
    public function accountField($key, $value, $group = '', $object = null): void
    {
        $isRest = defined('REST_REQUEST') && REST_REQUEST;
        if ($key !== ConsentBox::FIELD || $isRest || !$object instanceof \WC_Customer || !$object->get_id()) {
            return;
        }
        $user = get_userdata((int) $object->get_id());
        if ($user && (int) $user->ID === $this->visitor->userId()) {
            $this->decide((string) $user->user_email, (int) $user->ID, wc_string_to_bool($value), 'account');
        }
    }

    /**
     * For other plugins: do_action('wracaj_consent', $email, $agrees, 'newsletter').
     *
     * @param mixed $email
     * @param mixed $agrees
     * @param mixed $source
     */
    public function newsletter($email, $agrees, $source = 'newsletter'): void
    {
        $address = Fields::email(is_string($email) ? $email : '');
        $current = wp_get_current_user();
        $isOwn = $current && strcasecmp((string) $current->user_email, $address) === 0;
        if ($address !== '') {
            $this->decide($address, $isOwn ? (int) $current->ID : 0, (bool) $agrees, (string) $source);
        }
    }

    public function report(): void
    {
        $touched = array_keys($this->touched);
        $this->touched = [];
        foreach ($this->settings->isConnected() ? $touched : [] as $userId) {
            $user = get_userdata($userId);
            if ($user && $this->isCustomer($user)) {
                $this->reportRecord($user);
            }
        }
    }

    private function decide(string $email, int $userId, bool $agrees, string $source): void
    {
        if (!$this->settings->isConnected()) {
            return;
        }
        $now = Clock::now();
        $before = Consent::ofUser($userId);
        $after = Consent::after($before, $agrees, $email, $this->settings->consentWords(), $source, $now);
        if ($userId === 0 && !$agrees) { // nothing is kept of a guest: each opt-out counts
            $after = ['state' => Consent::UNSUBSCRIBED, 'email' => strtolower($email), 'at' => $now,
                'words' => '', 'source' => $source];
        }
        if ($after === $before) {
            return;
        }
        Consent::keepForUser($userId, $after);
        $this->outbox->add('consent.updated', [
            'customer' => ['id' => $userId ? (string) $userId : null, 'email' => $email],
            'consent' => Consent::told($after, (string) $after['email']),
            'updated_at' => Clock::iso($now),
        ], $now, '', $email);
        $this->delivery->soon();
    }

    private function isCustomer(\WP_User $user): bool
    {
        return $user->ID === $this->visitor->userId()
            || array_intersect(['customer', 'subscriber'], (array) $user->roles) !== [];
    }

    private function reportRecord(\WP_User $user): void
    {
        $record = ['id' => (string) $user->ID] + Fields::known([
            'email' => Fields::email((string) $user->user_email),
            'phone' => (string) get_user_meta($user->ID, 'billing_phone', true),
            'first_name' => (string) (get_user_meta($user->ID, 'billing_first_name', true) ?: $user->first_name),
            'locale' => Fields::locale((string) get_user_locale($user)),
        ]);
        $digest = md5((string) json_encode($record));
        $known = (string) get_user_option(self::RECORD_META, $user->ID);
        if ($digest === $known) {
            return;
        }
        update_user_option($user->ID, self::RECORD_META, $digest);
        $now = Clock::now();
        $this->outbox->add($known === '' ? 'customer.created' : 'customer.updated', [
            'customer' => $record,
            'updated_at' => Clock::iso($now),
        ], $now, "customer:$user->ID", (string) $user->user_email);
        $this->delivery->soon();
    }
}
