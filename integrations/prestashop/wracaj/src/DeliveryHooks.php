<?php

namespace WracajModule;

/**
 * What happens after the page: what changed goes into the outbox, and where no cron runs, some of it
 * to Wracaj.
 */
trait DeliveryHooks
{
    public function hookActionFrontControllerSetMedia($params)
    {
        $this->pending()->await();
    }

    public function hookActionAdminControllerSetMedia($params)
    {
        $this->pending()->await();
    }

    /**
     * Runs after the page. It first puts what changed into the outbox.
     */
    public function finish(): void
    {
        foreach ($this->pending()->take($this->app()) as $task) {
            $this->safely($task);
        }
        $this->safely(function (): void {
            $this->deliverWithoutCron((int) $this->context->shop->id);
        });
    }

    private function deliverWithoutCron(int $shop): void
    {
        $states = $this->app()->states;
        $key = Settings::key($shop);
        if ($key === null || $states->get(0, States::CRON_AT) > time() - Sender::WITHOUT_CRON_SECONDS) {
            return;
        }
        $isDue = $states->get($shop, States::TRIED_AT) < time() - Sender::BETWEEN_PAGES_SECONDS;
        if (!$isDue || $this->app()->outbox->waiting($shop)[0] === 0 || !$this->letGo()) {
            return;
        }
        $states->set($shop, States::TRIED_AT, time());
        $this->app()->sender->run($shop, $key, Sender::MOST_AFTER_A_PAGE, Sender::SECONDS_AFTER_A_PAGE);
    }

    /**
     * Hands the page to the visitor, who must not wait for Wracaj. Where PHP cannot, only an
     * employee in the back office waits, at most some seconds a minute.
     */
    private function letGo(): bool
    {
        foreach (['fastcgi_finish_request', 'litespeed_finish_request'] as $finish) {
            if (function_exists($finish)) {
                if (session_status() === PHP_SESSION_ACTIVE) {
                    session_write_close();
                }
                $finish();

                return true;
            }
        }

        return defined('_PS_ADMIN_DIR_');
    }
}
