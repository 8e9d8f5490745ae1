<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/**
 * Reports orders. Hooks only mark an order as touched; once, at the end of the request, its state is
 * compared with what was reported of it. So it does not matter which hook a checkout, a gateway or
 * the shop's staff fires, nor how often.
 */
final class Orders
{
    private const TOUCHING = [
        'woocommerce_new_order',
        'woocommerce_update_order',
        'woocommerce_order_status_changed',
        'woocommerce_payment_complete',
        'woocommerce_order_refunded',
        'woocommerce_trash_order',
        'woocommerce_untrash_order',
        'woocommerce_checkout_order_processed',
    ];

    private const SWEPT_SECONDS = 900;

    /** @var Settings */
    private $settings;
    /** @var Visitor */
    private $visitor;
    /** @var Carts */
    private $carts;
    /** @var Outbox */
    private $outbox;
    /** @var Delivery */
    private $delivery;
    /** @var array<int, int> When each touched order was placed in this request; 0: it was not. */
    private $touched = [];

    public function __construct(
        Settings $settings,
        Visitor $visitor,
        Carts $carts,
        Outbox $outbox,
        Delivery $delivery
    ) {
        $this->settings = $settings;
        $this->visitor = $visitor;
        $this->carts = $carts;
        $this->outbox = $outbox;
        $this->delivery = $delivery;
    }

    public function register(): void
    {
        foreach (self::TOUCHING as $hook) {
            Hooks::on($hook, [$this, 'touch']);
        }
        Hooks::on('woocommerce_checkout_order_processed', [$this, 'placed']);
        Hooks::on('woocommerce_store_api_checkout_order_processed', [$this, 'placed']);
        Hooks::on('woocommerce_before_delete_order', [$this, 'deleted']);
        Hooks::on('before_delete_post', [$this, 'postDeleted']);
        Hooks::on('wp_trash_post', [$this, 'postTouched']);
        Hooks::on('untrashed_post', [$this, 'postTouched']);
        Hooks::on(Delivery::CRON, [$this, 'sweep'], 5);
        Hooks::on('shutdown', [$this, 'report'], 5); // before the cart, which asks whether it is ordered
    }

    /** @param mixed $order An order, or its id. */
    public function touch($order): void
    {
        $id = self::id($order);
        if ($id) {
            $this->touched += [$id => 0];
        }
    }

    /** @param mixed $order */
    public function placed($order): void
    {
        $id = self::id($order);
        if ($id) {
            $this->touched[$id] = time();
        }
    }

    /** @param mixed $postId */
    public function postTouched($postId): void
    {
        if (get_post_type((int) $postId) === 'shop_order') {
            $this->touch((int) $postId);
        }
    }

    /** An order that is deleted for good is a cancelled one. @param mixed $orderId */
    public function deleted($orderId): void
    {
        $order = wc_get_order(self::id($orderId));
        if ($order instanceof \WC_Order && $this->isReportable($order)) {
            $this->tell($order, 0, 'trash');
        }
        unset($this->touched[self::id($orderId)]);
    }

    /** @param mixed $postId */
    public function postDeleted($postId): void
    {
        if (get_post_type((int) $postId) === 'shop_order') {
            $this->deleted((int) $postId);
        }
    }

    public function report(): void
    {
        $touched = $this->touched;
        $this->touched = [];
        if ($touched === [] || !$this->settings->isConnected()) {
            return;
        }
        foreach ($touched as $id => $placedAt) {
            $order = wc_get_order($id);
            if ($order instanceof \WC_Order && $this->isReportable($order)) {
                $this->tell($order, $placedAt);
                $this->keepConsentForUser($order);
            }
        }
    }

    /** Look again at what changed of late: a process may have died before it could report. */
    public function sweep(): void
    {
        if (!$this->settings->isConnected() || !function_exists('wc_get_orders')) {
            return;
        }
        $since = time() - self::SWEPT_SECONDS;
        $ids = (array) wc_get_orders(
            ['type' => 'shop_order', 'date_modified' => ">$since", 'limit' => 200, 'return' => 'ids']
        );
        array_map([$this, 'touch'], $ids);
        $this->report();
    }

    /** Only orders themselves, no refunds or subscriptions, and none from before the shop was connected. */
    private function isReportable(\WC_Order $order): bool
    {
        $created = $order->get_date_created();

        return $order->get_type() === 'shop_order'
            && $created !== null
            && $created->getTimestamp() >= $this->settings->connectedAt() - HOUR_IN_SECONDS;
    }

    private function tell(\WC_Order $order, int $placedAt, string $status = ''): void
    {
        $id = (int) $order->get_id();
        $reported = $this->reported($id);
        // The button is pressed in one request, and the payment may come in a later one.
        $placed = $placedAt ? ['placed_at' => $placedAt] : [];
        $snapshot = OrderSnapshot::of($order, (int) ($placedAt ?: $reported['placed_at'] ?? 0));
        if ($status !== '') {
            $snapshot->values['status'] = $status;
        }
        $now = Clock::now();
        $made = new OrderEvents($snapshot, $placed + $reported, $now);
        $email = (string) ($snapshot->values['customer']['email'] ?? '');
        foreach ($made->events as [$type, $data]) {
            $this->outbox->add($type, $data, $now, '', $email);
        }
        $this->keep($id, $made->reported, $reported);
        foreach (['cart_id', 'restored_cart_id'] as $which) {
            $this->endCart((string) $snapshot->values[$which], $made);
        }
        if ($made->events !== []) {
            $this->delivery->soon();
        }
    }

    /** The page after an order can make an account of a guest's order: what was agreed there is kept with it. */
    private function keepConsentForUser(\WC_Order $order): void
    {
        $userId = (int) $order->get_customer_id();
        $consent = $order->get_meta(Consent::ORDER_META);
        if ($userId && is_array($consent) && $consent !== [] && Consent::ofUser($userId) === []) {
            Consent::keepForUser($userId, $consent);
        }
    }

    private function endCart(string $cartId, OrderEvents $made): void
    {
        if ($cartId !== '' && $made->stands) {
            $this->carts->markOrdered($cartId, time());
            if ($this->visitor->cartId() === $cartId) {
                $this->visitor->forgetCart();
            }
        } elseif ($cartId !== '' && $made->isUndone) {
            $this->carts->markUndone($cartId);
        }
    }

    /** @return array<string, mixed> */
    private function reported(int $orderId): array
    {
        global $wpdb;
        $table = Tables::orders();
        $kept = $wpdb->get_var($wpdb->prepare("SELECT reported FROM `$table` WHERE order_id = %d", $orderId));
        $reported = json_decode((string) $kept, true);

        return is_array($reported) ? $reported : [];
    }

    /**
     * @param array<string, mixed> $reported
     * @param array<string, mixed> $before
     */
    private function keep(int $orderId, array $reported, array $before): void
    {
        global $wpdb;
        if ($reported != $before) {
            $wpdb->replace(Tables::orders(), [
                'order_id' => $orderId,
                'reported' => (string) json_encode($reported),
                'updated_at' => time(),
            ]);
        }
    }

    /** @param mixed $order */
    private static function id($order): int
    {
        return $order instanceof \WC_Order ? (int) $order->get_id() : (is_numeric($order) ? (int) $order : 0);
    }
}
