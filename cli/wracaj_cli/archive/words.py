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
    "long_wait_done": "long waits brought back, as dates",
    "long_wait_known": "long waits are known, or their timeline went on since",
    "long_wait_nothing": "long waits of carts that are gone",
    "click_done": "clicks counted",
    "click_known": "clicks are known",
    "click_nothing": "clicks that do not count, or whose message is gone",
    "stop_done": "opt-outs and choices applied",
    "delivery_done": "reports of providers applied; one that is known changes nothing",
    "delivery_nothing": "reports of providers whose message is gone",
    "opt_in_done": "opt-ins on our own pages brought back, and questions that wait for a click",
    "opt_in_known": "opt-ins on our own pages are known, or something newer is",
    "grant_done": "states of rewards brought back",
    "grant_known": "states of rewards are known, or a newer one is",
    "start_done": "starts of timelines",
    "run_over": "timelines are over",
    "run_running": "timelines run",
    "run_started_again": "timelines started again",
    "run_too_late": "timelines not started again: it is too late",
    "cart_too_late": "carts without a timeline: it is too late for a reminder",
}


# what may come of rows of any kind
ANY_KIND: Mapping[str, str] = {
    "erased": "{kind} left out: their shopper was erased",
    "failed": "{kind} failed: the log of ArchiveReplayFunction says why",
}
KINDS: Mapping[RowKind, str] = {
    RowKind.EVENT: "events",
    RowKind.START: "starts of timelines",
    RowKind.LONG_WAIT: "long waits",
    RowKind.DECISION: "steps",
    RowKind.CLICK: "clicks",
    RowKind.STOP: "opt-outs and choices",
    RowKind.OPT_IN: "opt-ins on our own pages",
    RowKind.GRANT: "rewards",
    RowKind.DELIVERY: "reports of providers",
}


def sentence(result: str) -> str:
    """Return the result's name where a newer function told one that is not known here."""
    kind, _, what = result.rpartition("_")
    if result not in WORDS and what in ANY_KIND and kind in KINDS:
        return ANY_KIND[what].format(kind=KINDS[RowKind(kind)])
    return WORDS.get(result, result.replace("_", " "))
