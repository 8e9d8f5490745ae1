<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/**
 * WordPress's tools for personal data (Tools → Export, Erase Personal Data): what this plugin keeps
 * of an address, and a word to Wracaj, which keeps the rest.
 */
final class Privacy
{
    /** @var Settings */
    private $settings;
    /** @var Carts */
    private $carts;
    /** @var Outbox */
    private $outbox;
    /** @var Delivery */
    private $delivery;

    public function __construct(Settings $settings, Carts $carts, Outbox $outbox, Delivery $delivery)
    {
        $this->settings = $settings;
        $this->carts = $carts;
        $this->outbox = $outbox;
        $this->delivery = $delivery;
    }

    public function register(): void
    {
        add_filter('wp_privacy_personal_data_exporters', [$this, 'exporters']);
        add_filter('wp_privacy_personal_data_erasers', [$this, 'erasers']);
        add_filter('woocommerce_privacy_remove_order_personal_data_meta', [$this, 'orderMeta']);
        add_action('admin_init', [$this, 'policy']);
    }

    /**
     * @param array<string, mixed> $exporters
     * @return array<string, mixed>
     */
    public function exporters($exporters): array
    {
        $exporters = (array) $exporters;
        $exporters['wracaj'] = ['exporter_friendly_name' => 'Wracaj', 'callback' => [$this, 'export']];

        return $exporters;
    }

    /**
     * @param array<string, mixed> $erasers
     * @return array<string, mixed>
     */
    public function erasers($erasers): array
    {
        $erasers = (array) $erasers;
        $erasers['wracaj'] = ['eraser_friendly_name' => 'Wracaj', 'callback' => [$this, 'erase']];

        return $erasers;
    }

    /**
     * WooCommerce's own eraser may anonymise an order: then our notes on it go too.
     *
     * @param array<string, string> $meta
     * @return array<string, string>
     */
    public function orderMeta($meta): array
    {
        return [Consent::ORDER_META => 'text', Checkout::CART_META => 'text', Checkout::RESTORED_META => 'text']
            + (array) $meta;
    }

    /**
     * @param mixed $email
     * @param mixed $page
     * @return array{data: array<int, array<string, mixed>>, done: bool}
     */
    public function export($email, $page = 1): array
    {
        $email = (string) $email;
        $userId = $this->userId($email);
        if ((int) $page === 1) {
            $this->tellWracaj('privacy.data_request', $email, $userId);
        }
        $data = array_map([$this, 'exportedCart'], $this->carts->ofPerson($email, $userId));
        $consent = Consent::ofUser($userId);
        if ($consent !== []) {
            $data[] = $this->exported('consent', __('Consent to e-mails', 'wracaj'), $this->consentRows($consent));
        }
        $data = array_merge($data, $this->exportedOrders($email, $userId));

        return ['data' => $data, 'done' => true];
    }

    /**
     * @param mixed $email
     * @param mixed $page
     * @return array{items_removed: bool, items_retained: bool, messages: string[], done: bool}
     */
    public function erase($email, $page = 1): array
    {
        $email = (string) $email;
        $userId = $this->userId($email);
        foreach ($this->carts->ofPerson($email, $userId) as $cart) {
            $this->outbox->forgetCart((string) $cart->cart_id);
        }
        $removed = $this->carts->forget($email, $userId) + $this->outbox->forget($email);
        foreach ($this->ordersWithConsent($email, $userId) as $order) {
            $order->delete_meta_data(Consent::ORDER_META);
            $order->save_meta_data(); // the order itself is WooCommerce's to keep or erase
            $removed++;
        }
        if ($userId) {
            $removed += (int) delete_user_meta($userId, Consent::USER_META);
            delete_user_meta($userId, ConsentBox::FIELD_META);
        }
        $messages = [];
        if ($this->settings->isConnected()) {
            $this->tellWracaj('privacy.customer_redact', $email, $userId);
            $messages[] = __('Wracaj is asked to erase this person too; the request is in its outbox.', 'wracaj');
        }

        return [
            'items_removed' => $removed > 0,
            'items_retained' => false,
            'messages' => $messages,
            'done' => true,
        ];
    }

    public function policy(): void
    {
        if (function_exists('wp_add_privacy_policy_content')) {
            wp_add_privacy_policy_content('Wracaj', wp_kses_post(wpautop(__('To remind you of a cart that you left, we store the products in your cart, and the e-mail address, phone number and first name that you enter in the checkout. We write to you only if you agreed. The data are processed in our own account at Amazon Web Services.', 'wracaj'))));
        }
    }

    private function tellWracaj(string $type, string $email, int $userId): void
    {
        if (!$this->settings->isConnected()) {
            return;
        }
        $now = Clock::now();
        $this->outbox->add($type, [
            'customer' => ['id' => $userId ? (string) $userId : null, 'email' => $email],
            'order_ids' => $this->orderIds($email, $userId),
            'updated_at' => Clock::iso($now),
        ], $now, "$type:" . substr(Outbox::person($email), 0, 32), $email);
        $this->delivery->soon();
    }

    /** @return string[] */
    private function orderIds(string $email, int $userId): array
    {
        if (!function_exists('wc_get_orders')) {
            return [];
        }
        $asked = ['return' => 'ids', 'limit' => 100, 'type' => 'shop_order'];
        $ids = (array) wc_get_orders($asked + ['billing_email' => $email]);
        $ids = array_merge($ids, $userId ? (array) wc_get_orders($asked + ['customer_id' => $userId]) : []);

        return array_values(array_unique(array_map('strval', $ids)));
    }

    private function userId(string $email): int
    {
        $user = get_user_by('email', $email);

        return $user ? (int) $user->ID : 0;
    }

    /**
     * The consents on orders: they stay longer than the carts.
     *
     * @return array<int, array<string, mixed>>
     */
    private function exportedOrders(string $email, int $userId): array
    {
        return array_map(function (\WC_Order $order): array {
            $rows = $this->consentRows((array) $order->get_meta(Consent::ORDER_META));

            return $this->exported((string) $order->get_id(), __('Order', 'wracaj'), $rows);
        }, $this->ordersWithConsent($email, $userId));
    }

    /** @return \WC_Order[] */
    private function ordersWithConsent(string $email, int $userId): array
    {
        $orders = [];
        foreach ($this->orderIds($email, $userId) as $id) {
            $order = wc_get_order((int) $id);
            if ($order instanceof \WC_Order && (array) $order->get_meta(Consent::ORDER_META) !== ['']) {
                $orders[] = $order;
            }
        }

        return $orders;
    }

    /** @return array<string, mixed> */
    private function exportedCart(object $row): array
    {
        $lines = [];
        foreach ((array) json_decode((string) $row->content, true) as $line) {
            $id = (int) ($line['variation_id'] ?? 0) ?: (int) ($line['product_id'] ?? 0);
            $lines[] = ($line['quantity'] ?? 1) . ' × ' . (get_post_field('post_title', $id) ?: "#$id");
        }
        $rows = [
            ['name' => __('Products', 'wracaj'), 'value' => implode(', ', $lines)],
            ['name' => __('Last change', 'wracaj'), 'value' => Clock::iso((float) $row->updated_at)],
        ];
        $consent = json_decode((string) $row->consent, true);

        return $this->exported(
            (string) $row->cart_id,
            __('Carts known to Wracaj', 'wracaj'),
            array_merge($rows, is_array($consent) ? $this->consentRows($consent) : [])
        );
    }

    /**
     * @param array<string, mixed> $consent
     * @return array<int, array{name: string, value: string}>
     */
    private function consentRows(array $consent): array
    {
        return [
            ['name' => __('Consent to e-mails', 'wracaj'), 'value' => Consent::isYes($consent)
                ? __('given', 'wracaj') : __('withdrawn', 'wracaj')],
            ['name' => __('Address', 'wracaj'), 'value' => (string) $consent['email']],
            ['name' => __('When', 'wracaj'), 'value' => Clock::iso((float) $consent['at'])],
            ['name' => __('Words that were shown', 'wracaj'), 'value' => (string) $consent['words']],
        ];
    }

    /**
     * @param array<int, array{name: string, value: string}> $rows
     * @return array<string, mixed>
     */
    private function exported(string $id, string $label, array $rows): array
    {
        return ['group_id' => 'wracaj', 'group_label' => 'Wracaj', 'item_id' => "wracaj-$id",
            'data' => array_merge([['name' => $label, 'value' => $id]], $rows)];
    }
}
