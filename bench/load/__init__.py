"""The local stack under load: webhooks over HTTP at rising rates, then a burst of ten times what
StartExecution's quota refills.

It is bounded, takes minutes and both processors, and listens on loopback only. What it measures as
a limit is the emulator's, and not AWS's.
"""

from bench.load.report import figures
from bench.load.run import measure

__all__ = ["figures", "measure"]
