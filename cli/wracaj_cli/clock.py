"""The local stack's clock. It is kept in a file; the functions read it from the environment, as
`WRACAJ_CLOCK_…`."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, field_serializer

STARTED_AT, SPEED = "WRACAJ_CLOCK_STARTED_AT", "WRACAJ_CLOCK_SPEED"


class Clock(BaseModel):
    """The virtual time is `started_at + (real − started_at) × speed`."""

    model_config = ConfigDict(frozen=True)
    started_at: datetime
    speed: float

    @classmethod
    def showing(cls, moment: datetime, speed: float, now: datetime) -> Self:
        """Return the clock of this speed that shows `moment` at the real time `now`. The formula is
        solved for started_at.

        A clock of speed 1 always shows the real time, whatever `moment` is.
        """
        lead = (moment - now) / (speed - 1) if speed > 1 else timedelta()
        return cls(started_at=now - lead, speed=speed)

    @classmethod
    def read(cls, file: Path) -> Self | None:
        """Return the clock in the file, or None if it has not started yet."""
        if not file.exists():
            return None
        told = json.loads(file.read_text())
        return cls(started_at=told[STARTED_AT], speed=told[SPEED])

    def write(self, file: Path) -> Self:
        """Write the file in one step, because the functions read it before each call."""
        draft = file.with_suffix(".draft")
        draft.write_text(
            json.dumps({STARTED_AT: self.started_at.isoformat(), SPEED: repr(self.speed)})
        )
        draft.replace(file)
        return self

    @field_serializer("started_at")
    def _with_offset(self, at: datetime) -> str:
        return at.isoformat()

    def virtual(self, real: datetime) -> datetime:
        return self.started_at + (real - self.started_at) * self.speed

    def real(self, virtual: datetime) -> datetime:
        return self.started_at + (virtual - self.started_at) / self.speed
