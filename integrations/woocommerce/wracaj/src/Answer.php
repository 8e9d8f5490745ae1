<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/** What came back for one event. Status 0: nothing did. */
final class Answer
{
    private const FIRST_PAUSE = 60;
    private const LONGEST_PAUSE = 3600;

    /** @var int */
    public $status;
    /** @var string */
    public $words;
    /** @var int */
    private $retryAfter;

    public function __construct(int $status, string $words, int $retryAfter = 0)
    {
        $this->status = $status;
        $this->words = function_exists('mb_substr') ? mb_substr($words, 0, 1000) : substr($words, 0, 1000);
        $this->retryAfter = $retryAfter;
    }

    /** @param array<string, mixed>|\WP_Error $response */
    public static function of($response): self
    {
        if (is_wp_error($response)) {
            return new self(0, $response->get_error_message());
        }
        $after = wp_remote_retrieve_header($response, 'retry-after');

        return new self(
            (int) wp_remote_retrieve_response_code($response),
            self::inWords((string) wp_remote_retrieve_body($response)),
            is_string($after) && ctype_digit($after) ? (int) $after : 0
        );
    }

    public function isTaken(): bool
    {
        return $this->status >= 200 && $this->status < 300;
    }

    /** Sending the same again would not help: the event itself was not understood. */
    public function isRefused(): bool
    {
        return in_array($this->status, [400, 413, 422], true);
    }

    /** Seconds until the next attempt: twice as long each time, up to an hour, or as Wracaj asks. */
    public function pauseAfter(int $attempts): int
    {
        $pause = self::FIRST_PAUSE * (2 ** min($attempts - 1, 10));

        return max(min($pause, self::LONGEST_PAUSE), min($this->retryAfter, self::LONGEST_PAUSE));
    }

    private static function inWords(string $body): string
    {
        $read = json_decode($body, true);
        if (!is_array($read)) {
            return trim(wp_strip_all_tags($body));
        }
        $words = [];
        foreach (['title', 'status', 'reason', 'detail'] as $name) {
            if (isset($read[$name]) && is_string($read[$name])) {
                $words[] = $read[$name];
            }
        }
        foreach (['errors', 'warnings'] as $name) {
            foreach (is_array($read[$name] ?? null) ? $read[$name] : [] as $problem) {
                $words[] = is_array($problem)
                    ? implode(': ', array_filter(array_map('strval', array_filter($problem, 'is_scalar'))))
                    : (string) $problem;
            }
        }

        return implode('; ', array_filter($words));
    }
}
