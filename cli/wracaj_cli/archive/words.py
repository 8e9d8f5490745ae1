"""What `wracaj replay` tells of each result."""

from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    "nothing": "rows: the archive has nothing of these days",
    "erasure_erased": "identifiers of erased shoppers erased again",
    "erasure_known": "identifiers of erased shoppers were erased already",
    "event_done": "events of the shop applied; one that is known changes nothing",
    "event_erased": "events left out: their shopper was erased",
    "event_failed": "events failed: the log of ArchiveReplayFunction says why",
    "decision_done": "steps brought back, as they were decided",
    "decision_known": "messages left, and their record is there",
    "decision_nothing": "steps that waited or had ended before: nothing to bring back",
    "click_done": "clicks counted; one that is known changes nothing",
    "click_nothing": "clicks that do not count, or whose message is gone",
    "stop_done": "opt-outs and choices applied",
    "delivery_done": "addresses suppressed, as bounces and complaints say",
    "delivery_nothing": "reports of providers that change nothing",
    "opt_in_done": "opt-ins on our own pages brought back, and questions that wait for a click",
    "opt_in_known": "opt-ins on our own pages are known, or something newer is",
    "opt_in_erased": "opt-ins left out: their shopper was erased",
    "grant_done": "states of rewards brought back",
    "grant_known": "states of rewards are known, or a newer one is",
    "grant_erased": "rewards left out: their shopper was erased",
    "start_done": "starts of timelines",
    "run_over": "timelines are over",
    "run_running": "timelines run",
    "run_started_again": "timelines started again",
    "run_too_late": "timelines not started again: it is too late",
    "cart_too_late": "carts without a timeline: it is too late for a reminder",
}


def sentence(result: str) -> str:
    return WORDS.get(result, result.replace("_", " "))
