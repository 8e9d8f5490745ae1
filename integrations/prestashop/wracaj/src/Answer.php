<?php

namespace WracajModule;

/**
 * What Wracaj answered, and what follows from it.
 */
final class Answer
{
    /** @var int 0: no answer came */
    public $status;
    /** @var string one line for the shop's people, without personal data */
    public $detail;
    /** @var int seconds that Wracaj asks to wait, or 0 */
    public $retryAfter;

    public function __construct(int $status, string $detail, int $retryAfter = 0)
    {
        $this->status = $status;
        $this->detail = substr($detail, 0, 500);
        $this->retryAfter = $retryAfter;
    }

    public function isTaken(): bool
    {
        return $this->status >= 200 && $this->status < 300;
    }

    /**
     * The same body would be refused again.
     */
    public function isRefusedForGood(): bool
    {
        return in_array($this->status, [400, 413, 422], true);
    }

    /**
     * This event may be the only one that fails, and the next may pass. All else (no answer, a
     * wrong key, too many calls) would meet the next one too.
     */
    public function mayBeAboutThisEvent(): bool
    {
        return $this->status >= 500;
    }

    /**
     * The fields and sentences of Wracaj's answer: it repeats no value of the event. A problem
     * without a page of its own has the type about:blank (RFC 9457), which says nothing.
     */
    public static function explained(int $status, string $body): string
    {
        $told = json_decode($body, true);
        if (!is_array($told)) {
            return $status === 401 ? 'the key is not accepted, or a clock is wrong' : '';
        }
        $lines = [];
        array_walk_recursive($told, function ($value, $name) use (&$lines): void {
            if (is_string($value) && $value !== '' && $value !== 'about:blank') {
                $lines[] = is_string($name) ? "$name: $value" : $value;
            }
        });

        return implode('; ', $lines);
    }
}
