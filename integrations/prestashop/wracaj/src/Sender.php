<?php

namespace WracajModule;

/**
 * Delivers what waits in the outbox. Where Wracaj is away, it tries again after 30 seconds, 1, 2, 4
 * … minutes, at most an hour.
 */
final class Sender
{
    private const FIRST_WAIT = 30;
    private const LONGEST_WAIT = 3600;
    private const AT_ONCE = 20;
    private const FAULTS_THAT_END_A_RUN = 2;
    /** Without a cron for so long, pages deliver; each shop at most once in so many seconds. */
    public const WITHOUT_CRON_SECONDS = 300;
    public const BETWEEN_PAGES_SECONDS = 60;
    public const MOST_AFTER_A_PAGE = 10;
    public const SECONDS_AFTER_A_PAGE = 3.0;

    /** @var Store */
    private $store;
    /** @var Outbox */
    private $outbox;
    /** @var Deliveries */
    private $deliveries;
    /** @var States */
    private $states;
    /** @var Http */
    private $http;

    public function __construct(Store $store, Outbox $outbox, Deliveries $deliveries, States $states, Http $http)
    {
        $this->store = $store;
        $this->outbox = $outbox;
        $this->deliveries = $deliveries;
        $this->states = $states;
        $this->http = $http;
    }

    /**
     * @param int $most events at most
     * @param float $seconds no new call begins after them
     *
     * @return int how many Wracaj took; none where another process delivers for this shop
     */
    public function run(int $shop, Key $key, int $most, float $seconds): int
    {
        return (int) $this->store->alone('send' . $shop, 0, function () use ($shop, $key, $most, $seconds): int {
            $taken = $this->deliver($shop, $key, $most, microtime(true) + $seconds);
            $this->deliveries->trim($shop);

            return $taken;
        });
    }

    private function deliver(int $shop, Key $key, int $most, float $until): int
    {
        $taken = 0;
        $faults = 0;
        while ($this->states->get($shop, States::PAUSED_UNTIL) <= time()) {
            $rows = $this->outbox->due($shop, time(), min(self::AT_ONCE, $most - $taken));
            foreach ($rows as $row) {
                if (microtime(true) >= $until) {
                    return $taken;
                }
                $answer = $this->http->post(
                    $key->webhook,
                    $row['body'],
                    Signature::headers($row['message_id'], $row['body'], $key->secret, time())
                );
                $this->deliveries->note($shop, $row['type'], $row['stream'], $answer);
                $faults = $answer->mayBeAboutThisEvent() ? $faults + 1 : 0;
                if (!$this->settle($shop, $row, $answer, $faults)) {
                    return $taken;
                }
                $taken += $answer->isTaken() ? 1 : 0;
            }
            if (!$rows || $taken >= $most) {
                break;
            }
        }

        return $taken;
    }

    /**
     * True where the next event may be tried. Of a fault of Wracaj's nobody knows whether this one
     * event made it: the next one shows that.
     *
     * @param int $faults of this run, one after the other
     */
    private function settle(int $shop, array $row, Answer $answer, int $faults): bool
    {
        if ($answer->isTaken() || $answer->isRefusedForGood()) {
            $this->outbox->remove($row);
            if ($this->states->get($shop, States::FAILURES) > 0) {
                $this->states->set($shop, States::FAILURES, 0);
            }

            return true;
        }
        $isOwn = $answer->mayBeAboutThisEvent();
        $this->outbox->later($row, $isOwn ? time() + self::wait((int) $row['attempts'], $answer) : 0);
        if ($isOwn && $faults < self::FAULTS_THAT_END_A_RUN) {
            return true;
        }
        $failures = $this->states->get($shop, States::FAILURES);
        $this->states->set($shop, States::FAILURES, $failures + 1);
        $this->states->set($shop, States::PAUSED_UNTIL, time() + self::wait($failures, $answer));

        return false;
    }

    /**
     * A tenth more or less, so that many shops do not come back in the same second.
     */
    private static function wait(int $failures, Answer $answer): int
    {
        $wait = min(self::LONGEST_WAIT, max($answer->retryAfter, self::FIRST_WAIT * 2 ** min($failures, 10)));

        return (int) ($wait * random_int(90, 110) / 100);
    }
}
