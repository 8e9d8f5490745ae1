<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/**
 * Takes the e-mail address and the consent box from both checkouts, as soon as the shopper typed
 * and ticked them; and writes our cart id and the consent on the order.
 */
final class Checkout
{
    public const CART_META = '_wracaj_cart_id';
    public const RESTORED_META = '_wracaj_restored_cart_id';
    private const AJAX = 'wracaj_contact';
    private const NONCE = 'woocommerce-wracaj-contact'; // WooCommerce ties such nonces to its session
    private const SOURCE = 'checkout';

    /** @var Settings */
    private $settings;
    /** @var Visitor */
    private $visitor;
    /** @var CartTracker */
    private $tracker;

    public function __construct(Settings $settings, Visitor $visitor, CartTracker $tracker)
    {
        $this->settings = $settings;
        $this->visitor = $visitor;
        $this->tracker = $tracker;
    }

    public function register(): void
    {
        Hooks::on('wp_enqueue_scripts', [$this, 'enqueue']);
        Hooks::on('wc_ajax_' . self::AJAX, [$this, 'fromScript']);
        Hooks::on('woocommerce_checkout_update_order_review', [$this, 'fromReview']);
        Hooks::on('woocommerce_store_api_cart_update_customer_from_request', [$this, 'fromBlocks']);
        Hooks::on('rest_request_after_callbacks', [$this, 'fromCheckoutRoute'], 10, 3);
        Hooks::on('woocommerce_checkout_create_order', [$this, 'onClassicOrder']);
        Hooks::on('woocommerce_store_api_checkout_update_order_meta', [$this, 'onDraft']);
        Hooks::on('woocommerce_store_api_checkout_order_processed', [$this, 'onBlockOrder'], 5);
    }

    public function enqueue(): void
    {
        if (!$this->settings->isConnected() || !function_exists('is_checkout') || !is_checkout()) {
            return;
        }
        if (is_wc_endpoint_url('order-received') || is_wc_endpoint_url('order-pay')) {
            return;
        }
        wp_enqueue_script('wracaj-checkout', Plugin::url('assets/checkout.js'), [], Plugin::VERSION, true);
        wp_add_inline_script('wracaj-checkout', 'window.wracajCheckout = ' . wp_json_encode([
            'url' => \WC_AJAX::get_endpoint(self::AJAX),
            'nonce' => wp_create_nonce(self::NONCE),
            'field' => ConsentBox::FIELD,
        ]) . ';', 'before');
    }

    /** What our own script saw being typed and ticked. */
    public function fromScript(): void
    {
        if (!check_ajax_referer(self::NONCE, 'nonce', false)) {
            wp_send_json(['taken' => false], 403);
        }
        $email = isset($_POST['email']) ? sanitize_text_field(wp_unslash($_POST['email'])) : '';
        $ticked = isset($_POST['consent']) ? sanitize_text_field(wp_unslash($_POST['consent'])) : '';
        $taken = $this->take($email, $ticked === '' ? null : $ticked === '1');
        wp_send_json(['taken' => $taken]);
    }

    /** The classic checkout sends its form as a query string whenever an address changes. */
    public function fromReview($query): void
    {
        $form = [];
        parse_str((string) $query, $form);
        $this->take(self::text($form['billing_email'] ?? ''), self::box($form));
    }

    /** @param mixed $customer */
    public function fromBlocks($customer): void
    {
        if ($customer instanceof \WC_Customer) {
            $this->take((string) $customer->get_billing_email(), null);
        }
    }

    /**
     * The block checkout's own calls carry the box. Those without a valid nonce do not count.
     *
     * @param mixed $response
     * @param mixed $handler
     * @param mixed $request
     * @return mixed
     */
    public function fromCheckoutRoute($response, $handler, $request)
    {
        $isCheckout = $request instanceof \WP_REST_Request
            && preg_match('#^/wc/store(/v1)?/checkout$#', $request->get_route())
            && in_array($request->get_method(), ['POST', 'PUT'], true);
        if ($isCheckout && !in_array(self::status($response), [401, 403], true)) {
            $fields = (array) $request->get_param('additional_fields');
            $billing = (array) $request->get_param('billing_address');
            $ticked = isset($fields[ConsentBox::FIELD]) ? wc_string_to_bool($fields[ConsentBox::FIELD]) : null;
            $this->take(self::text($billing['email'] ?? ''), $ticked);
        }

        return $response;
    }

    /** Before the classic checkout stores its order. WooCommerce has checked the form's nonce. */
    public function onClassicOrder($order): void
    {
        if ($order instanceof \WC_Order) {
            // phpcs:ignore WordPress.Security.NonceVerification.Missing
            $this->take((string) $order->get_billing_email(), self::box(wp_unslash($_POST)));
            $this->place($order);
        }
    }

    /** The block checkout keeps a draft from the moment it opens, and writes it again and again. */
    public function onDraft($order): void
    {
        if ($order instanceof \WC_Order && $this->settings->isConnected() && $this->visitor->isHere()) {
            $before = $order->get_meta(self::CART_META);
            $this->writeOn($order);
            if ($order->get_meta(self::CART_META) !== $before) {
                $order->save();
            }
        }
    }

    public function onBlockOrder($order): void
    {
        if ($order instanceof \WC_Order) {
            $box = $order->get_meta(ConsentBox::FIELD_META);
            $this->take((string) $order->get_billing_email(), $box === '' ? null : wc_string_to_bool($box));
            $this->place($order);
            $order->save();
        }
    }

    /**
     * Note what was typed. `$ticked`: null where the box was not part of it.
     *
     * @return bool whether it was of use
     */
    public function take(string $email, ?bool $ticked): bool
    {
        if (!$this->settings->isConnected() || !$this->visitor->isHere() || WC()->cart->is_empty()) {
            return false;
        }
        $email = Fields::email($email) ?: $this->visitor->email();
        $this->visitor->note(['email' => $email]);
        $ticked = $ticked ?? $this->visitor->ticked();
        if ($email !== '' && $ticked !== null && $this->settings->asksConsent()) {
            $this->decide($email, $ticked);
        }
        $this->tracker->touch();

        return $email !== '';
    }

    private function decide(string $email, bool $ticked): void
    {
        $before = $this->visitor->consent();
        $isAsShown = $ticked && $this->visitor->sawTheBoxTicked();
        if ($isAsShown && $before['email'] !== strtolower($email)) {
            return; // ticked in advance for the account's address: no decision for another one
        }
        $words = $this->settings->consentWords();
        $now = Clock::now();
        $after = Consent::after($before, $ticked, $email, $words, self::SOURCE, $now);
        $this->visitor->note(
            ['consent' => $after] + ($isAsShown ? [] : ['ticked' => $ticked, 'ticked_at' => $now])
        );
        if ($after !== $before) {
            $this->tellOfAnotherAddress($after, $email);
        }
        // also where nothing changed: a guest who agreed may have made an account since
        Consent::keepForUser($this->visitor->userId(), $after);
    }

    /**
     * A box that showed the consent of the account was unticked while another address stood in the
     * form. The cart's events name that other one, so this opt-out is told by itself. What was only
     * typed before needs no word: no message goes to it any more.
     *
     * @param array<string, mixed> $consent
     */
    private function tellOfAnotherAddress(array $consent, string $email): void
    {
        $isOther = !Consent::isYes($consent) && $consent['email'] !== strtolower($email);
        $own = $this->visitor->userId() ? (string) wp_get_current_user()->user_email : '';
        if ($isOther && strcasecmp($own, (string) $consent['email']) === 0) {
            do_action('wracaj_consent', $own, false, self::SOURCE);
        }
    }

    /** What lies in the cart now was ordered, though perhaps not paid yet. */
    private function place(\WC_Order $order): void
    {
        $this->writeOn($order);
        if ($this->visitor->cartId() !== '') {
            $this->visitor->note(['placed' => true]);
        }
    }

    private function writeOn(\WC_Order $order): void
    {
        if (!$this->settings->isConnected() || !$this->visitor->isHere()) {
            return;
        }
        $notes = $this->visitor->notes();
        $order->update_meta_data(self::CART_META, $this->tracker->cartId());
        if (!empty($notes['restored'])) {
            $order->update_meta_data(self::RESTORED_META, (string) $notes['restored']);
        }
        $consent = $this->visitor->consent();
        if (Consent::told($consent, (string) $order->get_billing_email()) !== null) {
            $order->update_meta_data(Consent::ORDER_META, $consent);
        }
    }

    /**
     * @param array<string, mixed> $form
     */
    private static function box(array $form): ?bool
    {
        return isset($form[ConsentBox::SHOWN]) ? !empty($form[ConsentBox::INPUT]) : null;
    }

    /** @param mixed $typed */
    private static function text($typed): string
    {
        return is_scalar($typed) ? sanitize_text_field((string) $typed) : '';
    }

    /** @param mixed $response */
    private static function status($response): int
    {
        if ($response instanceof \WP_REST_Response) {
            return (int) $response->get_status();
        }
        $data = $response instanceof \WP_Error ? $response->get_error_data() : null;

        return is_array($data) ? (int) ($data['status'] ?? 0) : 0;
    }
}
