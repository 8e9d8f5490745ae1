"""How an invocation of a function ends, if it gives no answer."""


class FailedError(Exception):
    """`name`: as Step Functions is told it: the class of the error, or Lambda's own word."""

    def __init__(self, name: str, message: str = "") -> None:
        super().__init__(f"{name}: {message}")
        self.name, self.message = name, message
