<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/**
 * Reports a visitor's cart. WooCommerce's hooks only mark it as touched; once, at the end of the
 * request, its content is compared with what was reported last.
 */
final class CartTracker
{
    private const TOUCHING = [
        'woocommerce_add_to_cart',
        'woocommerce_cart_item_removed',
        'woocommerce_cart_item_restored',
        'woocommerce_cart_item_set_quantity',
        'woocommerce_after_cart_item_quantity_update',
        'woocommerce_applied_coupon',
        'woocommerce_removed_coupon',
        'woocommerce_cart_emptied',
        'woocommerce_cart_loaded_from_session_with_changes',
    ];

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
    /** @var bool */
    private $touched = false;
    /** @var bool Whether the cart's id was made in this request. */
    private $isNew = false;

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
        Hooks::on('woocommerce_guest_session_to_user_id', [$this, 'touch']);
        Hooks::on('shutdown', [$this, 'report'], 8); // WooCommerce stores its session at 20
    }

    /** @param mixed $passed Some of the hooks are filters elsewhere; what they pass stays. */
    public function touch($passed = null)
    {
        $this->touched = true;

        return $passed;
    }

    /**
     * The visitor's cart id; a new one where there is none. An order takes it along.
     */
    public function cartId(): string
    {
        $id = $this->visitor->cartId();
        if ($id === '') {
            $id = $this->ofUser() ?: Carts::newId();
            $this->visitor->note(['cart_id' => $id, 'reported' => false, 'since' => Clock::now()]);
            $this->isNew = true;
        }

        return $id;
    }

    public function report(): void
    {
        if (!$this->visitor->isHere() || !$this->settings->isConnected() || !did_action('wp_loaded')) {
            return; // a request that ended early has not read its cart yet
        }
        $notes = $this->visitor->notes();
        $waitsForReturn = isset($notes['cart_id']) && empty($notes['reported']);
        if ($this->touched || $waitsForReturn) {
            $this->reportIfChanged(CartContent::of(WC()->cart));
        }
    }

    private function reportIfChanged(CartContent $content): void
    {
        $id = $this->visitor->cartId();
        if ($id !== '' && $this->carts->isOrdered($id)) {
            if (!$content->isEmpty() && $content->digest() === ($this->visitor->notes()['content'] ?? '')) {
                return; // ordered by its link in another browser: what still lies here is no new cart
            }
            $this->visitor->forgetCart();
            $id = '';
        }
        if ($id === '' && $content->isEmpty()) {
            return;
        }
        $id = $this->cartId();
        if ($this->mayBeABot()) {
            return;
        }
        $notes = $this->visitor->notes();
        $shopper = md5((string) json_encode([$this->visitor->customer(), $this->visitor->consent()]));
        if ($content->digest() !== ($notes['content'] ?? '') || $shopper !== ($notes['shopper'] ?? '')) {
            $this->send($id, $content, $this->type($notes, $shopper));
            $this->visitor->note(
                ['reported' => true, 'content' => $content->digest(), 'shopper' => $shopper]
            );
        }
        if ($content->isEmpty() && !empty($notes['placed'])) {
            $this->visitor->forgetCart(); // its order waits for a payment, which must not end the next cart
        }
    }

    /**
     * Bots follow links that add to the cart, and keep no cookies. A guest's cart counts once its
     * session was seen again, or an address was typed.
     */
    private function mayBeABot(): bool
    {
        return $this->isNew && !$this->visitor->userId() && $this->visitor->email() === '';
    }

    /** @param array<string, mixed> $notes */
    private function type(array $notes, string $shopper): string
    {
        if (empty($notes['reported'])) {
            return 'cart.created';
        }

        return $shopper !== ($notes['shopper'] ?? '') ? 'checkout.updated' : 'cart.updated';
    }

    private function send(string $id, CartContent $content, string $type): void
    {
        $now = Clock::now();
        $email = $this->visitor->email();
        $consent = $this->visitor->consent();
        $row = $this->carts->keep(
            $id,
            $content->lines,
            $this->visitor->userId(),
            $email,
            $consent,
            time()
        );
        $this->endOtherCartOfUser($id, $now);
        $this->outbox->add($type, [
            'cart_id' => $id,
            'customer' => $this->visitor->customer(),
            'consent' => Consent::told($consent, $email),
            'currency' => $content->currency,
            'total' => $content->total,
            'recovery_url' => Carts::link($row),
            'items' => $content->items,
            'created_at' => Clock::iso((float) ($this->visitor->notes()['since'] ?? $now)),
            'updated_at' => Clock::iso($now),
        ], $now, $this->subject($id, $email, $consent), $email);
        $this->delivery->soon();
    }

    /**
     * A later event replaces one that still waits, unless that one names another address or another
     * decision: no opt-out is lost.
     *
     * @param array<string, mixed> $consent
     */
    private function subject(string $id, string $email, array $consent): string
    {
        return "cart:$id:" . substr(md5((string) json_encode([$email, $consent])), 0, 12);
    }

    /** A cart that a customer filled before, elsewhere, was poured into this one when they logged in. */
    private function endOtherCartOfUser(string $id, float $now): void
    {
        $other = $this->visitor->cartIdOfUser();
        if ($other !== '' && $other !== $id && !$this->carts->isOrdered($other)) {
            $at = Clock::iso($now);
            $this->outbox->add('cart.deleted', ['cart_id' => $other, 'updated_at' => $at], $now);
        }
        $this->visitor->keepCartIdOfUser($id);
    }

    private function ofUser(): string
    {
        $id = $this->visitor->cartIdOfUser();
        $row = $id === '' ? null : $this->carts->find($id);

        return $row !== null && (int) $row->ordered_at === 0 ? $id : '';
    }
}
