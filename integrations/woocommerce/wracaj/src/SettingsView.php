<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/** The HTML of the settings page. */
final class SettingsView
{
    /** @var Settings */
    private $settings;
    /** @var Outbox */
    private $outbox;
    /** @var string */
    private $action = '';

    public function __construct(Settings $settings, Outbox $outbox)
    {
        $this->settings = $settings;
        $this->outbox = $outbox;
    }

    /**
     * @param array<string, string> $notice
     * @param object[]              $rows
     */
    public function show(array $notice, array $rows, string $action, int $lastRun): void
    {
        $this->action = $action;
        echo '<div class="wrap"><h1>Wracaj</h1>';
        if ($notice !== []) {
            printf(
                '<div class="notice notice-%s" role="status"><p>%s</p></div>',
                esc_attr($notice['kind']),
                esc_html($notice['text'])
            );
        }
        if (!class_exists('WooCommerce')) {
            echo '<div class="notice notice-warning inline"><p>'
                . esc_html__('Wracaj needs WooCommerce, which is not active.', 'wracaj') . '</p></div>';
        }
        $this->connection();
        if ($this->settings->isConnected()) {
            $this->options();
            $this->forTheSettingsFile();
            $this->deliveries($rows, $lastRun);
        }
        echo '</div>';
    }

    private function connection(): void
    {
        $key = $this->settings->key();
        echo '<h2>' . esc_html__('Connection', 'wracaj') . '</h2>';
        if ($key !== null) {
            /* translators: 1: name of the shop, 2: host name */
            $text = __('Connected as “%1$s” to %2$s.', 'wracaj');
            $host = (string) parse_url($key->webhook, PHP_URL_HOST);
            echo '<p>' . esc_html(sprintf($text, $key->shop, $host)) . '</p>';
            $this->form('disconnect', '', __('Disconnect', 'wracaj'), 'secondary');
        }
        $label = $key === null ? __('Key', 'wracaj') : __('Another key', 'wracaj');
        $field = '<p><label for="wracaj-key"><strong>' . esc_html($label) . '</strong></label><br>'
            . '<textarea name="key" id="wracaj-key" rows="3" class="large-text code" autocomplete="off"'
            . ' spellcheck="false" placeholder="wracaj1.…" required></textarea><br><span class="description">'
            . esc_html__('The line that “wracaj shop key SHOP” prints. It holds a secret: do not mail it.', 'wracaj')
            . '</span></p>';
        $this->form('connect', $field, __('Connect', 'wracaj'), 'primary');
    }

    private function options(): void
    {
        echo '<h2>' . esc_html__('Consent and codes', 'wracaj') . '</h2>';
        $words = '<p><label for="wracaj-words"><strong>' . esc_html__('Words beside the consent box', 'wracaj')
            . '</strong></label><br><textarea name="consent_words" id="wracaj-words" rows="3" class="large-text"'
            . ' placeholder="' . esc_attr(Settings::defaultWords()) . '">' . esc_textarea($this->settings->ownWords())
            . '</textarea><br><span class="description">'
            . esc_html__('{shop} stands for the name of the shop. Empty: the words shown in grey. They are kept with each consent.', 'wracaj')
            . '</span></p>';
        $this->form(
            'options',
            $this->checkbox(
                'asks_consent',
                $this->settings->asksConsent(),
                __('Show a consent box for e-mails in the checkout. Without it Wracaj writes to nobody who did not agree elsewhere.', 'wracaj')
            ) . $words . $this->checkbox(
                'codes_alone',
                $this->settings->codesAreAlone(),
                __('Codes from Wracaj cannot be combined with other coupons.', 'wracaj')
            ),
            __('Save', 'wracaj'),
            'primary'
        );
    }

    private function forTheSettingsFile(): void
    {
        $host = (string) parse_url(home_url(), PHP_URL_HOST);
        $lines = "url: " . home_url() . "\nrecovery_hosts: [$host]\ngeneric:\n  discount_url: "
            . DiscountEndpoint::address();
        echo '<h2>' . esc_html__('For the shop’s settings file in Wracaj', 'wracaj') . '</h2><p>'
            . esc_html__('Links back to carts lead to this host, and codes are made at this address:', 'wracaj')
            . '</p><pre style="overflow-x:auto">' . esc_html($lines) . '</pre>';
        if (stripos(home_url(), 'https://') !== 0) {
            echo '<div class="notice notice-warning inline"><p>'
                . esc_html__('The address of this site does not begin with https. Wracaj leaves out links that are not https, so mails will not lead back to the cart.', 'wracaj')
                . '</p></div>';
        }
        if (!in_array(parse_url(home_url(), PHP_URL_PORT), [null, false, 443], true)) {
            echo '<div class="notice notice-warning inline"><p>'
                . esc_html__('The address of this site has a port. Wracaj leaves out links with a port, so mails will not lead back to the cart.', 'wracaj')
                . '</p></div>';
        }
    }

    /** @param object[] $rows */
    private function deliveries(array $rows, int $lastRun): void
    {
        echo '<h2>' . esc_html__('Last deliveries', 'wracaj') . '</h2>';
        $counts = sprintf(
            /* translators: 1: number, 2: number, 3: a time, or a dash */
            __('Waiting: %1$d. Refused: %2$d. Last run: %3$s.', 'wracaj'),
            $this->outbox->count('waiting'),
            $this->outbox->count('refused'),
            $lastRun ? wp_date('Y-m-d H:i:s', $lastRun) : '–'
        );
        echo '<p>' . esc_html($counts) . '</p>';
        $this->form('send', '', __('Send all that waits now', 'wracaj'), 'secondary');
        if ($rows === []) {
            echo '<p>' . esc_html__('Nothing has been sent yet. Put something into the cart.', 'wracaj') . '</p>';
            return;
        }
        $heads = [__('When', 'wracaj'), __('Event', 'wracaj'), __('State', 'wracaj'), __('Attempts', 'wracaj'),
            __('Answer', 'wracaj')];
        echo '<div style="overflow-x:auto"><table class="widefat striped wracaj-deliveries"><thead><tr>';
        foreach ($heads as $head) {
            echo '<th scope="col">' . esc_html($head) . '</th>';
        }
        echo '</tr></thead><tbody>';
        array_map([$this, 'row'], $rows);
        echo '</tbody></table></div>';
    }

    private function row(object $row): void
    {
        $answer = trim(((int) $row->status ? $row->status . ' ' : '') . $row->answer);
        $cells = [
            (string) wp_date('Y-m-d H:i:s', (int) $row->changed_at),
            (string) $row->type,
            $this->state($row),
            (string) $row->attempts,
            $answer === '' ? '–' : $answer,
        ];
        echo '<tr>';
        foreach ($cells as $cell) {
            echo '<td>' . esc_html($cell) . '</td>';
        }
        echo '</tr>';
    }

    private function state(object $row): string
    {
        $states = [
            'waiting' => __('waits', 'wracaj'),
            'sending' => __('is being sent', 'wracaj'),
            'sent' => __('sent', 'wracaj'),
            'refused' => __('refused', 'wracaj'),
        ];
        $state = $states[$row->state] ?? (string) $row->state;
        if ($row->state === 'waiting' && (int) $row->next_at > time()) {
            /* translators: %s: a time */
            return sprintf(__('waits until %s', 'wracaj'), wp_date('H:i:s', (int) $row->next_at));
        }

        return $state;
    }

    private function checkbox(string $name, bool $isOn, string $label): string
    {
        return sprintf(
            '<p><label><input type="checkbox" name="%s" value="1"%s> %s</label></p>',
            esc_attr($name),
            checked($isOn, true, false),
            esc_html($label)
        );
    }

    /** @param string $fields HTML, escaped where it was made */
    private function form(string $what, string $fields, string $button, string $kind): void
    {
        printf('<form method="post" action="%s">', esc_url(admin_url('admin-post.php')));
        printf('<input type="hidden" name="action" value="%s">', esc_attr($this->action));
        printf('<input type="hidden" name="what" value="%s">', esc_attr($what));
        wp_nonce_field($this->action);
        echo $fields; // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped
        printf('<p><button class="button button-%s">%s</button></p></form>', esc_attr($kind), esc_html($button));
    }
}
