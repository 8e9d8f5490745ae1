"""The requests of `wracaj local` to the emulator: start the functions' processes, and read or
change the clock."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from wracaj_cli.emulator.footing import module, wrap
from wracaj_cli.emulator.functions import spawn_workers
from wracaj_cli.emulator.timekeeper import Timekeeper

WARM, CLOCK = "/_ministack/wracaj/warm", "/_ministack/wracaj/clock"


def own_requests(keeper: Timekeeper) -> None:
    """Serve these requests. `GET` of the clock returns its time, what waits and what is under way.
    `POST` sets its speed, or makes it jump."""

    def answer(path: str, method: str, told: dict[str, Any]) -> dict[str, Any] | None:
        if (path, method) == (WARM, "POST"):
            return {"workers": spawn_workers(**told)}
        if path == CLOCK and method == "POST":
            return set_clock(keeper, told)
        return state_of(keeper) if path == CLOCK else None

    def wrapper(handle: Callable[..., Any]) -> Callable[..., Any]:
        async def handling(path: str, method: str, body: bytes) -> Any:
            if path not in {WARM, CLOCK}:
                return await handle(path, method, body)
            told = await module("core.concurrency").run_reentrant(
                answer, path, method, json.loads(body or b"{}")
            )
            return (
                (404 if told is None else 200),
                {"Content-Type": "application/json"},
                json.dumps(told).encode(),
            )

        return handling

    wrap(module("app"), "_handle_admin_config_request", wrapper)


def set_clock(keeper: Timekeeper, told: dict[str, Any]) -> dict[str, Any]:
    """Change the clock. `speed`: its speed from now on. `to`: jump to this time, or to whatever is
    due before it, as soon as nothing is under way."""
    if "speed" in told:
        keeper.set_speed(told["speed"])
    if "to" not in told:
        return state_of(keeper)
    quiet = keeper.advance(datetime.fromisoformat(told["to"]), told["patience_seconds"])
    return {**state_of(keeper), "quiet": quiet}


def state_of(keeper: Timekeeper) -> dict[str, Any]:
    clock, moment = keeper.clock(), keeper.next_at()
    return {
        "now": keeper.now().isoformat(),
        "speed": clock.speed if clock else None,
        "next": moment.isoformat() if moment else None,
        "busy": keeper.under_way(),
    }
