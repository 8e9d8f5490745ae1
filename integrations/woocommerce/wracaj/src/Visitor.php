<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/**
 * The visitor of this request, as far as WooCommerce's own session knows them. The plugin sets no
 * cookie: its notes lie in that session, which begins with the first product in the cart.
 */
final class Visitor
{
    private const NOTES = 'wracaj';
    private const USER_CART = '_wracaj_cart_id';

    /** Whether this request has a session and a cart. */
    public function isHere(): bool
    {
        return function_exists('WC') && WC()->session instanceof \WC_Session && WC()->cart instanceof \WC_Cart;
    }

    public function userId(): int
    {
        return get_current_user_id();
    }

    /** @return array<string, mixed> */
    public function notes(): array
    {
        $notes = $this->isHere() ? WC()->session->get(self::NOTES) : [];

        return is_array($notes) && $notes !== [] && !$this->isCopied($notes) ? $notes : [];
    }

    /** @param array<string, mixed> $changes */
    public function note(array $changes): void
    {
        if ($this->isHere()) {
            $owner = (string) WC()->session->get_customer_id();
            WC()->session->set(self::NOTES, $changes + ['owner' => $owner] + $this->notes());
        }
    }

    /** The next cart gets an id of its own, and asks for consent anew. The address stays known. */
    public function forgetCart(): void
    {
        $notes = $this->notes();
        if (isset($notes['cart_id'])) {
            WC()->session->set(self::NOTES, array_intersect_key($notes, ['email' => 1, 'owner' => 1]));
        }
        if ($this->userId()) {
            delete_user_option($this->userId(), self::USER_CART);
        }
    }

    public function cartId(): string
    {
        return (string) ($this->notes()['cart_id'] ?? '');
    }

    /** The cart that a logged-in customer has, also after their session ended. */
    public function cartIdOfUser(): string
    {
        return $this->userId() ? (string) get_user_option(self::USER_CART, $this->userId()) : '';
    }

    public function keepCartIdOfUser(string $cartId): void
    {
        if ($this->userId() && $this->cartIdOfUser() !== $cartId) {
            update_user_option($this->userId(), self::USER_CART, $cartId);
        }
    }

    /** The address typed in the checkout; of a logged-in customer also the one in their account. */
    public function email(): string
    {
        $typed = Fields::email((string) ($this->notes()['email'] ?? ''));
        if ($typed !== '' || !$this->userId()) {
            return $typed;
        }
        $billing = WC()->customer instanceof \WC_Customer ? (string) WC()->customer->get_billing_email() : '';

        return Fields::email($billing) ?: Fields::email((string) wp_get_current_user()->user_email);
    }

    /**
     * The standing decision, of this visit or of the account. Of two for one address the later counts:
     * the account's may come from the account page, or from another browser.
     *
     * @return array<string, mixed>
     */
    public function consent(): array
    {
        $noted = $this->notes()['consent'] ?? [];
        $kept = Consent::ofUser($this->userId());

        return is_array($noted) && $noted !== [] && !Consent::replaces($kept, $noted) ? $noted : $kept;
    }

    /**
     * How the visitor left the consent box in this visit; null where they did not see it yet, or
     * decided for their account since.
     */
    public function ticked(): ?bool
    {
        $notes = $this->notes();
        $decided = (float) (Consent::ofUser($this->userId())['at'] ?? 0);

        return isset($notes['ticked']) && (float) ($notes['ticked_at'] ?? 0) >= $decided
            ? (bool) $notes['ticked']
            : null;
    }

    /**
     * Whether the consent box was ticked before the visitor touched it: only for customers who are
     * logged in, as they left it last.
     */
    public function sawTheBoxTicked(): bool
    {
        return $this->ticked() === null && Consent::isYes($this->consent());
    }

    /**
     * Whether the box shows a tick. The page may open with another address than the one it was ticked
     * for: WooCommerce fills in the customer's.
     */
    public function hasBoxTicked(): bool
    {
        $consent = $this->consent();
        $isTicked = $this->ticked();
        if (!$isTicked) {
            return $isTicked ?? Consent::isYes($consent);
        }
        $shown = WC()->customer instanceof \WC_Customer ? (string) WC()->customer->get_billing_email() : '';

        return $shown === '' || strcasecmp($shown, (string) ($consent['email'] ?? '')) === 0;
    }

    /** @return array<string, mixed> `customer` of the generic format */
    public function customer(): array
    {
        $customer = WC()->customer instanceof \WC_Customer ? WC()->customer : null;

        return ['id' => $this->userId() ? (string) $this->userId() : null] + Fields::known([
            'email' => $this->email(),
            'phone' => $customer ? (string) $customer->get_billing_phone() : '',
            'first_name' => $customer ? (string) $customer->get_billing_first_name() : '',
            'locale' => Fields::locale(get_locale()),
        ]);
    }

    /** A session as WooCommerce stores it, without our notes and our box. */
    public static function withoutNotes(string $stored): string
    {
        $session = maybe_unserialize($stored);
        if (!is_array($session)) {
            return $stored;
        }
        unset($session[self::NOTES]);
        $customer = maybe_unserialize($session['customer'] ?? '');
        if (is_array($customer) && is_array($customer['meta_data'] ?? null)) {
            $customer['meta_data'] = array_values(array_filter($customer['meta_data'], static function ($meta): bool {
                return !is_array($meta) || ($meta['key'] ?? '') !== ConsentBox::FIELD_META;
            }));
            $session['customer'] = maybe_serialize($customer);
        }

        return maybe_serialize($session);
    }

    /**
     * A checkout link with `session=` copies a session, and our notes with it. The copy is another
     * cart, perhaps of another person.
     *
     * @param array<string, mixed> $notes
     */
    private function isCopied(array $notes): bool
    {
        $source = (string) WC()->session->get('previous_customer_id');

        return $source !== '' && $source === (string) ($notes['owner'] ?? '');
    }
}
