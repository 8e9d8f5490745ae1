<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/**
 * Sends what is in the outbox, in a background process: by Action Scheduler, which WooCommerce
 * brings along, and by WordPress's own cron, should an action ever be lost.
 */
final class Delivery
{
    public const ACTION = 'wracaj_deliver';
    public const CRON = 'wracaj_cron';
    public const LAST_RUN = 'wracaj_last_run';
    public const GROUP = 'wracaj';
    private const SECONDS_A_RUN = 20;
    private const GATHER_SECONDS = 5; // a cart changes several times in a row: one event says it all
    private const TIMEOUT = 10;
    private const FAILURES_THAT_END_A_RUN = 2;

    /** @var Settings */
    private $settings;
    /** @var Outbox */
    private $outbox;
    /** @var Carts */
    private $carts;

    public function __construct(Settings $settings, Outbox $outbox, Carts $carts)
    {
        $this->settings = $settings;
        $this->outbox = $outbox;
        $this->carts = $carts;
    }

    public function register(): void
    {
        add_filter('cron_schedules', [$this, 'everyFiveMinutes']);
        add_action(self::ACTION, [$this, 'run']);
        add_action(self::CRON, [$this, 'cron']);
        add_action('init', [$this, 'keepCron']);
    }

    /**
     * @param array<string, mixed> $schedules
     * @return array<string, mixed>
     */
    public function everyFiveMinutes($schedules): array
    {
        $schedules = (array) $schedules;
        $schedules['wracaj_five_minutes'] = [
            'interval' => 5 * MINUTE_IN_SECONDS,
            'display' => 'Wracaj: every five minutes',
        ];

        return $schedules;
    }

    public function keepCron(): void
    {
        if (!wp_next_scheduled(self::CRON)) {
            wp_schedule_event(time() + MINUTE_IN_SECONDS, 'wracaj_five_minutes', self::CRON);
        }
    }

    public static function unschedule(): void
    {
        wp_clear_scheduled_hook(self::CRON);
        if (function_exists('as_unschedule_all_actions')) {
            as_unschedule_all_actions(self::ACTION);
        }
    }

    /** Ask for a run soon. Called at the end of a page that added an event. */
    public function soon(int $seconds = self::GATHER_SECONDS): void
    {
        if (!function_exists('as_schedule_single_action') || !did_action('action_scheduler_init')) {
            return; // WordPress's cron sends it within five minutes
        }
        try {
            as_schedule_single_action(time() + $seconds, self::ACTION, [], self::GROUP, true);
        } catch (\Throwable $error) { // a broken queue must not break a page
            return;
        }
    }

    public function cron(): void
    {
        $this->outbox->tidy(time());
        $this->carts->tidy(time());
        $this->run();
    }

    /** Send for at most some seconds, and stop where Wracaj seems to be away. */
    public function run(): void
    {
        $key = $this->settings->key();
        if ($key === null) {
            return;
        }
        update_option(self::LAST_RUN, time(), false);
        $this->outbox->releaseStuck(time());
        $end = time() + self::SECONDS_A_RUN;
        $failures = 0;
        while ($failures < self::FAILURES_THAT_END_A_RUN && time() < $end) {
            $row = $this->outbox->claim(time());
            if ($row === null) {
                break;
            }
            $answer = $this->send($key, $row);
            $this->outbox->settle($row, $answer, time());
            $failures = $answer->isTaken() || $answer->isRefused() ? 0 : $failures + 1;
            if ($answer->isTaken() && (int) $row->attempts > 0) {
                $this->outbox->hurry(); // it is back: nothing needs to wait longer
            }
        }
        $this->askForTheNext($failures > 0);
    }

    /** Send something that changes nothing, to see whether address and secret are right. */
    public function test(Key $key): Answer
    {
        $body = (string) json_encode(
            ['type' => 'connection.test', 'timestamp' => Clock::iso(Clock::now()), 'data' => ['schema' => 1]]
        );

        return $this->post($key, 'msg_' . bin2hex(random_bytes(16)), $body);
    }

    private function send(Key $key, object $row): Answer
    {
        return $this->post($key, (string) $row->message_id, (string) $row->body);
    }

    private function post(Key $key, string $messageId, string $body): Answer
    {
        return Answer::of(wp_remote_post($key->webhook, [
            'headers' => Signature::headers($key, $messageId, $body, time()),
            'body' => $body,
            'timeout' => self::TIMEOUT,
            'redirection' => 0,
            'user-agent' => 'Wracaj for WooCommerce/' . Plugin::VERSION,
        ]));
    }

    private function askForTheNext(bool $failed): void
    {
        $next = $this->outbox->nextAt();
        if ($next !== null && function_exists('as_schedule_single_action') && !$this->isPlanned()) {
            $seconds = max($next - time(), $failed ? MINUTE_IN_SECONDS : 1);
            as_schedule_single_action(time() + $seconds, self::ACTION, [], self::GROUP);
        }
    }

    /** The action that runs now does not count. */
    private function isPlanned(): bool
    {
        $pending = ['hook' => self::ACTION, 'status' => 'pending', 'per_page' => 1];

        return as_get_scheduled_actions($pending, 'ids') !== [];
    }
}
