"""What `wracaj replay` tells of each result."""

from collections.abc import Mapping

from wracaj.archive.rows import RowKind

WORDS: Mapping[str, str] = {
    "nothing": "rows: the archive has nothing of these days",
    "erasure_erased": "identifiers of erased shoppers erased again",
    "erasure_known": "identifiers of erased shoppers were erased already",
    "event_done": "events of the shop applied; one that is known changes nothing",
    "decision_done": "steps brought back, as they were decided",
    "decision_known": "messages left, and their record is there",
    "decision_nothing": "steps that waited or had ended before: nothing to bring back",
    "click_done": "clicks counted; one that is known changes nothing",
    "click_known": "clicks are counted already",
    "click_nothing": "clicks that do not count, or whose message is gone",
    "stop_done": "opt-outs and choices applied",
    "delivery_done": "reports of providers noted with their messages",
    "delivery_suppressed": "addresses suppressed, as bounces and complaints say",
    "delivery_nothing": "reports of providers that change nothing",
    "opt_in_done": "opt-ins on our own pages brought back, and questions that wait for a click",
    "opt_in_known": "opt-ins on our own pages are known, or something newer is",
    "grant_done": "states of rewards brought back",
    "grant_known": "states of rewards are known, or a newer one is",
    "start_done": "starts of timelines",
    "long_wait_done": "long waits brought back, as dates",
    "long_wait_known": "long waits are known, or a later one is",
    "long_wait_nothing": "long waits whose cart is gone",
    "run_over": "timelines are over",
    "run_running": "timelines run",
    "run_started_again": "timelines started again",
    "run_too_late": "timelines not started again: it is too late",
    "cart_too_late": "carts without a timeline: it is too late for a reminder",
}


# What may come of rows of any kind.
OF_ANY: Mapping[str, str] = {
    "erased": "{rows} left out: their shopper was erased",
    "failed": "{rows} failed: the log of ArchiveReplayFunction says why",
}
ROWS: Mapping[str, str] = {
    RowKind.EVENT: "events",
    RowKind.START: "starts of timelines",
    RowKind.LONG_WAIT: "long waits",
    RowKind.DECISION: "steps",
    RowKind.CLICK: "clicks",
    RowKind.STOP: "opt-outs and choices",
    RowKind.DELIVERY: "reports of providers",
    RowKind.OPT_IN: "opt-ins",
    RowKind.GRANT: "rewards",
}


def sentence(result: str) -> str:
    kind, _, came_of_it = result.rpartition("_")
    if result in WORDS:
        return WORDS[result]
    if kind in ROWS and came_of_it in OF_ANY:
        return OF_ANY[came_of_it].format(rows=ROWS[kind])
    return result.replace("_", " ")
