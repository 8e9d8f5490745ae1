<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/** WooCommerce → Wracaj: the key, the consent box, and the last deliveries. */
final class SettingsPage
{
    public const SLUG = 'wracaj';
    private const ACTION = 'wracaj_settings';
    private const NOTICE = 'wracaj_notice_';
    private const SHOWN = 25;

    /** @var Settings */
    private $settings;
    /** @var Outbox */
    private $outbox;
    /** @var Delivery */
    private $delivery;

    public function __construct(Settings $settings, Outbox $outbox, Delivery $delivery)
    {
        $this->settings = $settings;
        $this->outbox = $outbox;
        $this->delivery = $delivery;
    }

    public function register(): void
    {
        add_action('admin_menu', [$this, 'addToMenu'], 60);
        add_action('admin_post_' . self::ACTION, [$this, 'save']);
        add_filter('plugin_action_links_wracaj/wracaj.php', [$this, 'addLink']);
        add_action('admin_notices', [$this, 'askForKey']);
    }

    public function addToMenu(): void
    {
        $parent = class_exists('WooCommerce') ? 'woocommerce' : 'options-general.php';
        add_submenu_page($parent, 'Wracaj', 'Wracaj', self::capability(), self::SLUG, [$this, 'show']);
    }

    /**
     * @param string[] $links
     * @return string[]
     */
    public function addLink($links): array
    {
        $link = sprintf('<a href="%s">%s</a>', esc_url(self::address()), esc_html__('Settings', 'wracaj'));

        return array_merge([$link], (array) $links);
    }

    public function askForKey(): void
    {
        $screen = function_exists('get_current_screen') ? get_current_screen() : null;
        if ($this->settings->isConnected() || !$screen || $screen->id !== 'plugins') {
            return;
        }
        if (current_user_can(self::capability())) {
            printf(
                '<div class="notice notice-info"><p>%s <a href="%s">%s</a></p></div>',
                class_exists('WooCommerce')
                    ? esc_html__('Wracaj is not connected yet.', 'wracaj')
                    : esc_html__('Wracaj needs WooCommerce, which is not active.', 'wracaj'),
                esc_url(self::address()),
                esc_html__('Paste the key', 'wracaj')
            );
        }
    }

    public function save(): void
    {
        if (!current_user_can(self::capability())) {
            wp_die(esc_html__('You may not change these settings.', 'wracaj'), '', ['response' => 403]);
        }
        check_admin_referer(self::ACTION);
        $posted = wp_unslash($_POST);
        switch (is_string($posted['what'] ?? null) ? $posted['what'] : '') {
            case 'connect':
                $this->connect(is_string($posted['key'] ?? null) ? $posted['key'] : '');
                break;
            case 'disconnect':
                $this->settings->save(['key' => '']);
                $this->say('success', __('Disconnected. Nothing is reported any more; what waits in the outbox stays there.', 'wracaj'));
                break;
            case 'options':
                $this->saveOptions($posted);
                break;
            case 'send':
                $this->sendNow();
                break;
        }
        wp_safe_redirect(self::address());
        exit;
    }

    public function show(): void
    {
        $view = new SettingsView($this->settings, $this->outbox);
        $notice = get_transient(self::NOTICE . get_current_user_id());
        delete_transient(self::NOTICE . get_current_user_id());
        $view->show(
            is_array($notice) ? $notice : [],
            $this->outbox->recent(self::SHOWN),
            self::ACTION,
            (int) get_option(Delivery::LAST_RUN, 0)
        );
    }

    private function connect(string $pasted): void
    {
        try {
            $key = Key::read($pasted);
        } catch (KeyError $error) {
            $this->say('error', $error->getMessage());
            return;
        }
        $answer = $this->delivery->test($key);
        if ($answer->status === 401) {
            $this->say('error', __('Wracaj does not accept this key: the shop is not known there, its secret was changed, or this server’s clock is wrong. Print the key again with “wracaj shop key”. The key was not stored.', 'wracaj'));
            return;
        }
        $this->settings->connect(trim($pasted), time());
        $this->outbox->hurry();
        if ($answer->isTaken()) {
            /* translators: %s: name of the shop */
            $this->say('success', sprintf(__('Connected as “%s”: Wracaj answered.', 'wracaj'), $key->shop));
            return;
        }
        /* translators: 1: name of the shop, 2: what went wrong */
        $words = __('The key is stored for “%1$s”, but Wracaj did not answer as it should (%2$s). Events wait in the outbox and are sent once it does.', 'wracaj');
        $this->say('warning', sprintf($words, $key->shop, trim("$answer->status $answer->words")));
    }

    /** @param array<string, mixed> $posted */
    private function saveOptions(array $posted): void
    {
        $words = is_string($posted['consent_words'] ?? null) ? $posted['consent_words'] : '';
        $this->settings->save([
            'asks_consent' => !empty($posted['asks_consent']),
            'codes_alone' => !empty($posted['codes_alone']),
            'consent_words' => sanitize_text_field($words),
        ]);
        $this->say('success', __('Saved.', 'wracaj'));
    }

    private function sendNow(): void
    {
        $this->outbox->retryRefused();
        $this->outbox->hurry();
        $this->delivery->run();
        $waiting = $this->outbox->count('waiting');
        $this->say(
            $waiting ? 'warning' : 'success',
            /* translators: %d: number of events */
            sprintf(_n('%d event still waits.', '%d events still wait.', $waiting, 'wracaj'), $waiting)
        );
    }

    private function say(string $kind, string $text): void
    {
        set_transient(self::NOTICE . get_current_user_id(), ['kind' => $kind, 'text' => $text], MINUTE_IN_SECONDS);
    }

    private static function capability(): string
    {
        return class_exists('WooCommerce') ? 'manage_woocommerce' : 'manage_options';
    }

    private static function address(): string
    {
        $page = class_exists('WooCommerce') ? 'admin.php' : 'options-general.php';

        return admin_url("$page?page=" . self::SLUG);
    }
}
