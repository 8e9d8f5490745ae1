<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/**
 * Which events an order's state makes, after what was reported of it before. Pure: no WordPress.
 *
 * Statuses count by their meaning. `pending` waits for a payment and is no purchase yet; a bank
 * transfer (`on-hold`) and cash on delivery (`processing`, unpaid) are purchases at once. A status of
 * the shop's own, such as "packed", is a purchase too.
 */
final class OrderEvents
{
    private const NOT_YET = ['pending', 'checkout-draft', 'auto-draft', 'draft', 'new', ''];
    private const UNDONE = ['cancelled', 'failed', 'trash'];

    /** @var array<int, array{0: string, 1: array<string, mixed>}> Type and data of each event. */
    public $events = [];
    /** @var array<string, mixed> What is reported with them. */
    public $reported;
    /** @var bool Whether the order stands: placed, and neither cancelled nor failed. */
    public $stands;
    /** @var bool Whether it had been reported and was then cancelled. */
    public $isUndone = false;
    /** @var array<string, mixed> */
    private $order;
    /** @var float */
    private $now;

    /**
     * @param array<string, mixed> $reported
     */
    public function __construct(OrderSnapshot $order, array $reported, float $now)
    {
        $this->order = $order->values;
        $this->reported = $reported;
        $this->now = $now;
        $status = $this->order['status'];
        $this->stands = !in_array($status, self::NOT_YET, true) && !in_array($status, self::UNDONE, true);
        if ($this->stands && ($status !== 'refunded' || $this->isKnown())) {
            $this->bought();
        } elseif (in_array($status, self::UNDONE, true) && $this->isKnown()) {
            $this->undone();
        }
        if ($this->isKnown()) {
            $this->refunded();
        }
    }

    private function isKnown(): bool
    {
        return !empty($this->reported['placed']);
    }

    private function bought(): void
    {
        $digest = $this->digest();
        $isPaid = $this->order['paid_at'] > 0;
        $isBack = !empty($this->reported['undone']);
        if (!$this->isKnown()) {
            $this->tell('order.created');
        } elseif ($digest !== $this->reported['digest'] && !$isBack) {
            $this->tell('order.updated');
        }
        // Of order.paid and order.cancelled the later one counts: only order.paid brings an order back.
        if ($isBack || ($isPaid && empty($this->reported['paid']))) {
            $this->tell('order.paid');
        }
        $this->reported = [
            'placed' => true,
            'paid' => $isPaid || !empty($this->reported['paid']),
            'undone' => false,
            'digest' => $digest,
        ] + $this->reported;
    }

    private function undone(): void
    {
        if (empty($this->reported['undone'])) {
            $this->tell('order.cancelled');
            $this->reported['undone'] = true;
            $this->isUndone = true;
        }
    }

    private function refunded(): void
    {
        $known = (array) ($this->reported['refunds'] ?? []);
        foreach ($this->order['refunds'] as $id => $refund) {
            if (!in_array((string) $id, $known, true)) {
                $this->add('refund.created', [
                    'order_id' => $this->order['order_id'],
                    'refund_id' => (string) $id,
                    'amount' => $refund['amount'],
                    'currency' => $this->order['currency'],
                ]);
                $known[] = (string) $id;
            }
        }
        $this->reported['refunds'] = $known;
    }

    private function tell(string $type): void
    {
        $fields = ['order_id', 'customer', 'consent', 'currency', 'total', 'tax', 'shipping', 'discount',
            'discount_codes', 'items'];
        $data = array_intersect_key($this->order, array_flip($fields));
        $this->add($type, $data + Fields::known([
            'cart_id' => $this->order['cart_id'],
            // The cart whose link brought the shopper back: this order ends its reminders too.
            'checkout_id' => $this->order['restored_cart_id'],
            'created_at' => Clock::iso(Clock::shown((float) $this->order['created_at'])),
        ]));
    }

    /**
     * Events of one moment are a millisecond apart, so that their order is known.
     *
     * @param array<string, mixed> $data
     */
    private function add(string $type, array $data): void
    {
        $at = $this->now + count($this->events) / 1000;
        $this->events[] = [$type, $data + ['updated_at' => Clock::iso($at)]];
    }

    private function digest(): string
    {
        $fields = ['customer', 'total', 'discount_codes', 'items', 'cart_id'];

        return md5((string) json_encode(array_intersect_key($this->order, array_flip($fields))));
    }
}
