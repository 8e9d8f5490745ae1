<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/** What the shop's owner set, in one option. */
final class Settings
{
    public const OPTION = 'wracaj_settings';

    /** @var array<string, mixed> */
    private $values;

    public function __construct()
    {
        $this->reload();
    }

    public function reload(): void
    {
        $stored = get_option(self::OPTION, []);
        $this->values = is_array($stored) ? $stored : [];
        $key = $this->key();
        Clock::follow($key === null ? null : $key->clock);
    }

    /** The stored key; null: the shop is not connected. */
    public function key(): ?Key
    {
        $line = (string) ($this->values['key'] ?? '');
        if ($line === '') {
            return null;
        }
        try {
            return Key::read($line);
        } catch (KeyError $error) {
            return null;
        }
    }

    public function isConnected(): bool
    {
        return $this->key() !== null;
    }

    /** Orders from before this moment are not reported. */
    public function connectedAt(): int
    {
        return (int) ($this->values['connected_at'] ?? 0);
    }

    public function asksConsent(): bool
    {
        return (bool) ($this->values['asks_consent'] ?? true);
    }

    public function codesAreAlone(): bool
    {
        return (bool) ($this->values['codes_alone'] ?? true);
    }

    /**
     * The words beside the consent box, as the shopper sees them. They are read anew: WPML and
     * Polylang translate the option (wpml-config.xml) once they know the page's language.
     */
    public function consentWords(): string
    {
        $shown = get_option(self::OPTION, []);
        $own = trim((string) ((is_array($shown) ? $shown : [])['consent_words'] ?? ''));
        $words = $own !== '' ? $own : self::defaultWords();

        return str_replace('{shop}', wp_specialchars_decode((string) get_option('blogname'), ENT_QUOTES), $words);
    }

    public function ownWords(): string
    {
        return (string) ($this->values['consent_words'] ?? '');
    }

    public static function defaultWords(): string
    {
        return __('I agree that {shop} may write to this e-mail address about carts, orders, the loyalty programme and offers of the shop. I can withdraw this consent at any time.', 'wracaj');
    }

    /** @param array<string, mixed> $changes */
    public function save(array $changes): void
    {
        update_option(self::OPTION, array_merge($this->values, $changes));
        $this->reload();
    }

    public function connect(string $line, int $now): void
    {
        $this->save(['key' => $line, 'connected_at' => $this->connectedAt() ?: $now]);
    }
}
