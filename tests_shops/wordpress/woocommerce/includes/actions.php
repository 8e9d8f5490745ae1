<?php

declare(strict_types=1);

/** Action Scheduler, as far as a plugin sees it: actions are kept, and run in a process of their own. */
function as_schedule_single_action(int $at, string $hook, array $arguments = [], string $group = '', bool $unique = false): int
{
    $actions = (array) get_option('stand_in_actions', []);
    foreach ($unique ? $actions : [] as $action) {
        if ($action['hook'] === $hook && $action['group'] === $group) {
            return 0;
        }
    }
    $actions[] = ['hook' => $hook, 'arguments' => $arguments, 'group' => $group, 'at' => $at];
    update_option('stand_in_actions', $actions, false);

    return count($actions);
}

function as_get_scheduled_actions(array $asked, string $format = 'objects'): array
{
    $actions = (array) get_option('stand_in_actions', []);

    return array_keys(array_filter($actions, static fn ($action) => $action['hook'] === $asked['hook']));
}

function as_unschedule_all_actions(string $hook): void
{
    $actions = (array) get_option('stand_in_actions', []);
    update_option('stand_in_actions', array_values(array_filter($actions, static fn ($one) => $one['hook'] !== $hook)), false);
}

/** @return string[] the hooks that ran: all that are planned, whatever their time */
function stand_in_run_actions(): array
{
    $actions = (array) get_option('stand_in_actions', []);
    update_option('stand_in_actions', [], false);
    foreach ($actions as $action) {
        do_action_ref_array($action['hook'], $action['arguments']);
    }

    return array_column($actions, 'hook');
}

add_action('init', static fn () => do_action('action_scheduler_init'), 1);
