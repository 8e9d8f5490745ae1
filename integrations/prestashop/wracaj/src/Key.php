<?php

namespace WracajModule;

/**
 * The line that `wracaj shop key SHOP` prints: "wracaj1." and a JSON object in base64url. It holds
 * all that the module has to know of Wracaj.
 */
final class Key
{
    private const PREFIX = 'wracaj1.';

    /** @var string the address that events are posted to */
    public $webhook;
    /** @var string the shop's id in Wracaj */
    public $shop;
    /** @var string */
    public $secret;
    /** @var array{real: float, shows: float, speed: float}|null of a Wracaj on this machine: see Moments */
    public $clock;

    private function __construct(string $webhook, string $shop, string $secret, ?array $clock)
    {
        $this->webhook = $webhook;
        $this->shop = $shop;
        $this->secret = $secret;
        $this->clock = $clock;
    }

    /**
     * @throws KeyError
     */
    public static function read(string $line): self
    {
        $line = self::clean($line);
        if (strpos($line, 'whsec_') === 0) {
            throw new KeyError(KeyError::ONLY_SECRET);
        }
        if (preg_match('/^wracaj([2-9]|\d\d+)\./', $line)) {
            throw new KeyError(KeyError::NEWER);
        }
        if (strpos($line, self::PREFIX) !== 0) {
            throw new KeyError(KeyError::NO_KEY);
        }
        $text = base64_decode(strtr(substr($line, strlen(self::PREFIX)), '-_', '+/'), true);
        $told = $text === false ? null : json_decode($text, true);
        if (!is_array($told)) {
            throw new KeyError(KeyError::CUT);
        }
        $webhook = self::text($told, 'webhook');
        if (!self::mayBePostedTo($webhook)) {
            throw new KeyError(KeyError::ADDRESS);
        }
        if (Signature::key(self::text($told, 'secret')) === null) {
            throw new KeyError(KeyError::SECRET);
        }

        $clock = self::isHere($webhook) ? self::clock($told['clock'] ?? null) : null;

        return new self($webhook, self::text($told, 'shop'), self::text($told, 'secret'), $clock);
    }

    /**
     * The line without what copying adds: spaces, line breaks, invisible characters, quotation marks.
     */
    public static function clean(string $line): string
    {
        return (string) preg_replace('/[\s\x{200B}\x{FEFF}"\'`]+/u', '', $line);
    }

    private static function text(array $told, string $name): string
    {
        return is_string($told[$name] ?? null) ? $told[$name] : '';
    }

    /**
     * Plain http only on this very machine, where Wracaj's local stack runs.
     */
    private static function mayBePostedTo(string $url): bool
    {
        $parts = parse_url($url);
        $scheme = strtolower($parts['scheme'] ?? '');
        $isSafe = $scheme === 'https' || ($scheme === 'http' && self::isHere($url));

        return ($parts['host'] ?? '') !== '' && !isset($parts['user']) && $isSafe;
    }

    private static function isHere(string $url): bool
    {
        $host = strtolower((string) parse_url($url, PHP_URL_HOST));

        return in_array($host, ['127.0.0.1', 'localhost', '[::1]'], true) || substr($host, -10) === '.localhost';
    }

    private static function clock($told): ?array
    {
        $clock = [];
        foreach (['real', 'shows', 'speed'] as $name) {
            if (!is_array($told) || !is_numeric($told[$name] ?? null)) {
                return null;
            }
            $clock[$name] = (float) $told[$name];
        }

        return $clock['speed'] > 0 ? $clock : null;
    }
}
