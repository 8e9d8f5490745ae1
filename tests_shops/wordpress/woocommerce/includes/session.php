<?php

declare(strict_types=1);

abstract class WC_Session
{
    protected string $customerId = '';
    /** @var array<string, mixed> */
    protected array $data = [];

    public function get(string $key, $default = null)
    {
        return $this->data[$key] ?? $default;
    }

    public function set(string $key, $value): void
    {
        $this->data[$key] = $value;
    }

    public function get_customer_id(): string
    {
        return $this->customerId;
    }
}

/** Sessions as options; the cookie names the session and is signed. */
final class WC_Session_Handler extends WC_Session
{
    private const COOKIE = 'wp_woocommerce_session_test';
    private bool $hasCookie = false;

    public function init(): void
    {
        add_action('shutdown', [$this, 'save_data'], 20);
        add_action('wp_logout', [$this, 'destroy_session']);
        add_filter('nonce_user_logged_out', [$this, 'nonceOwner'], 10, 2);
        add_action('woocommerce_set_cart_cookies', [$this, 'set_customer_session_cookie']);
        [$id, $hash] = explode('|', ($_COOKIE[self::COOKIE] ?? '') . '|');
        $this->hasCookie = $id !== '' && hash_equals(wp_hash($id), $hash);
        $user = (string) get_current_user_id();
        $this->customerId = $this->hasCookie ? $id : ($user ?: 't_' . bin2hex(random_bytes(15)));
        $this->data = (array) get_option("_wc_session_$this->customerId", []);
        if ($this->hasCookie && $user && str_starts_with($id, 't_')) {
            $this->migrate($id, $user);
        }
    }

    public function has_session(): bool
    {
        return $this->hasCookie || is_user_logged_in();
    }

    public function set_customer_session_cookie(bool $set): void
    {
        if ($set && !headers_sent()) {
            $value = $this->customerId . '|' . wp_hash($this->customerId);
            setcookie(self::COOKIE, $value, 0, '/', '', false, true);
            $this->hasCookie = true;
        }
    }

    public function save_data(): void
    {
        if ($this->has_session()) {
            update_option("_wc_session_$this->customerId", $this->data, false);
        }
    }

    public function destroy_session(): void
    {
        delete_option("_wc_session_$this->customerId");
        $this->data = [];
    }

    public function nonceOwner($uid, $action)
    {
        return str_starts_with((string) $action, 'woocommerce') && $this->has_session() ? $this->customerId : $uid;
    }

    /** The guest logs in within this request. */
    public function become(string $user): void
    {
        $this->migrate($this->customerId, $user);
    }

    private function migrate(string $guest, string $user): void
    {
        $this->customerId = $user;
        delete_option("_wc_session_$guest");
        $this->set_customer_session_cookie(true);
        do_action('woocommerce_guest_session_to_user_id', $guest, $user);
    }
}

function wc_add_notice(string $message, string $kind = 'success'): void
{
    $notices = WC()->session->get('wc_notices', []);
    $notices[$kind][] = ['notice' => $message, 'data' => []];
    WC()->session->set('wc_notices', $notices);
}

function wc_get_notices(): array
{
    return WC()->session->get('wc_notices', []);
}

function wc_set_notices(?array $notices): void
{
    WC()->session->set('wc_notices', $notices ?? []);
}

function wc_print_notices(): void
{
    foreach (wc_get_notices() as $kind => $notices) {
        foreach ($notices as $notice) {
            printf('<div class="woocommerce-%s">%s</div>', esc_attr($kind), wp_kses_post($notice['notice']));
        }
    }
    wc_set_notices([]);
}
