"""MiniStack, taught the few things that AWS does and it does not. Runs in a process of its own; `wracaj local` starts it.

Each bridge says what MiniStack lacks. They reach into its private functions, so its version is pinned, and one
whose footing has gone stops the start. Production never sees any of this: the template that is deployed here is
the one that is deployed there, unchanged.
"""


def main() -> None:
    from wracaj_cli.emulator import functions, outbox, templates
    from wracaj_cli.emulator.footing import module

    for bridge in (
        templates.state_machines_in_yaml,
        templates.routes_of_the_api,
        functions.names_of_lambda_errors,
        functions.a_queue_for_each_function,
        functions.clock_of_workers,
        functions.workers_at_once,
        outbox.all_of_a_mail,
        outbox.times_of_sms,
        outbox.whose_mail_it_is,
    ):
        bridge()
    module("app").main()
