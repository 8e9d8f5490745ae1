"""MiniStack, extended with the few things that AWS does and MiniStack does not. It runs in a
process of its own, which `wracaj local` starts.

Each bridge describes what MiniStack lacks. The bridges change private functions of MiniStack, so
its version is pinned, and the start stops if a bridge no longer fits. Production does not use any
of this. The same template is deployed here and on AWS, except for what local/plain_template.py
takes out of it.
"""


def main() -> None:
    import os
    from pathlib import Path

    from wracaj_cli.emulator import (
        activity,
        admin,
        deliveries,
        end_user_messaging,
        functions,
        machines,
        outbox,
        permissions,
        schedules,
        templates,
        waiting,
    )
    from wracaj_cli.emulator.footing import module
    from wracaj_cli.emulator.timekeeper import Timekeeper

    for bridge in (
        templates.state_machines_in_yaml,
        templates.routes_of_the_api,
        templates.time_zones_of_schedules,
        templates.alarms_on_metric_math,
        functions.names_of_lambda_errors,
        functions.a_queue_for_each_function,
        functions.clock_of_workers,
        waiting.starts_at_once,
        machines.names_of_refused_starts,
        outbox.whose_mail_it_is,
        permissions.path_of_parameters,
        permissions.action_of_batches,
        activity.failed_messages_come_back_soon,
        activity.batches_gather,
    ):
        bridge()
    keeper = Timekeeper(Path(os.environ[functions.CLOCK]), activity.messages_to_drain)
    for timed in (
        waiting.waits_of_timelines,
        waiting.threads_of_timelines,
        waiting.branches_of_timelines,
        waiting.pools_of_timelines,
        activity.requests,
        activity.calls_of_functions,
        schedules.schedules,
        outbox.all_of_a_mail,
        outbox.times_of_sms,
        deliveries.events_of_mails,
        end_user_messaging.end_user_messaging,
        admin.own_requests,
    ):
        timed(keeper)
    keeper.start()
    module("app").main()
