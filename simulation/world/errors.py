"""How calls end that do not end well."""

from typing import Any


class BrokenSimulationError(BaseException):
    """A fault of the simulation itself: nothing of the product may catch it."""


class Killed(BaseException):
    """The process was killed. No code of the product catches it."""


class RefusedError(Exception):
    """An answer of DynamoDB that is an error. `more`: what it holds besides code and message."""

    def __init__(self, code: str, message: str, **more: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.more = code, message, more


class FailedError(Exception):
    """`name`: as Step Functions is told it: the class of the error, or Lambda's own word. `after`:
    seconds until the caller notices."""

    def __init__(self, name: str, message: str = "", *, after: float = 0.0) -> None:
        super().__init__(f"{name}: {message}")
        self.name, self.message, self.after = name, message, after
