<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/**
 * The one line that connects a shop: `wracaj1.` and the base64url of a JSON object with the webhook
 * address, the shop's name and its secret. `wracaj shop key SHOP` prints it.
 */
final class Key
{
    private const PREFIX = 'wracaj1.';
    private const SHORTEST_SECRET = 24; // bytes, as Standard Webhooks asks

    /** @var string */
    public $webhook;
    /** @var string */
    public $shop;
    /** @var string */
    public $secret;
    /** @var array{real: float, shows: float, speed: float}|null Of a Wracaj on this machine. */
    public $clock = null;

    private function __construct(string $webhook, string $shop, string $secret)
    {
        $this->webhook = $webhook;
        $this->shop = $shop;
        $this->secret = $secret;
    }

    /** @throws KeyError */
    public static function read(string $pasted): self
    {
        $line = (string) preg_replace('/[\s\x{200B}\x{FEFF}"\'`]+/u', '', $pasted);
        self::refuseOtherLines($line);
        $fields = self::decoded(substr($line, strlen(self::PREFIX)));
        $key = new self($fields['webhook'], $fields['shop'], $fields['secret']);
        self::refuseAddress($key->webhook);
        $key->clock = self::isHere($key->webhook) ? self::clock($fields['clock'] ?? null) : null;
        if (strlen($key->secretBytes()) < self::SHORTEST_SECRET) {
            throw new KeyError(__('The secret in this key is too short. Print the key again with “wracaj shop key”, and copy the whole line.', 'wracaj'));
        }

        return $key;
    }

    /** The bytes that signatures are made with; empty if the secret is not valid. */
    public function secretBytes(): string
    {
        $encoded = (string) preg_replace('/^whsec_/', '', $this->secret);

        return (string) base64_decode($encoded, true);
    }

    /** @throws KeyError */
    private static function refuseOtherLines(string $line): void
    {
        if ($line === '') {
            throw new KeyError(__('There is no key. Print it with “wracaj shop key”, and paste the whole line.', 'wracaj'));
        }
        if (strncmp($line, 'whsec_', 6) === 0) {
            throw new KeyError(__('This is the webhook secret alone. The key also holds the address: print it with “wracaj shop key”. It begins with “wracaj1.”.', 'wracaj'));
        }
        if (preg_match('/^wracaj([2-9]|\d\d+)\./', $line)) {
            throw new KeyError(__('This key is for a newer version of the plugin. Update the plugin, then paste the key again.', 'wracaj'));
        }
        if (strncmp($line, self::PREFIX, strlen(self::PREFIX)) !== 0) {
            throw new KeyError(__('This is not a key of Wracaj. A key begins with “wracaj1.”; “wracaj shop key” prints it.', 'wracaj'));
        }
    }

    /**
     * @return array<string, mixed>
     * @throws KeyError
     */
    private static function decoded(string $encoded): array
    {
        $json = base64_decode(strtr($encoded, '-_', '+/'), true);
        $fields = $json === false ? null : json_decode($json, true);
        foreach (['webhook', 'shop', 'secret'] as $name) {
            if (!is_array($fields) || !is_string($fields[$name] ?? null) || $fields[$name] === '') {
                throw new KeyError(__('The key is not complete. Copy the whole line, from “wracaj1.” to its end, and paste it again.', 'wracaj'));
            }
        }

        return $fields;
    }

    /** @throws KeyError */
    private static function refuseAddress(string $webhook): void
    {
        $scheme = strtolower((string) parse_url($webhook, PHP_URL_SCHEME));
        $isSafe = $scheme === 'https' || ($scheme === 'http' && self::isHere($webhook));
        if (!$isSafe || (string) parse_url($webhook, PHP_URL_HOST) === '') {
            throw new KeyError(__('The address in this key is not one that begins with https. Print the key again with “wracaj shop key”.', 'wracaj'));
        }
    }

    private static function isHere(string $webhook): bool
    {
        $host = strtolower((string) parse_url($webhook, PHP_URL_HOST));

        return in_array($host, ['localhost', '127.0.0.1', '[::1]'], true) || substr($host, -10) === '.localhost';
    }

    /**
     * @param mixed $given
     * @return array{real: float, shows: float, speed: float}|null
     */
    private static function clock($given): ?array
    {
        foreach (['real', 'shows', 'speed'] as $name) {
            if (!is_array($given) || !is_numeric($given[$name] ?? null) || (float) $given[$name] <= 0) {
                return null;
            }
        }

        return ['real' => (float) $given['real'], 'shows' => (float) $given['shows'], 'speed' => (float) $given['speed']];
    }
}
