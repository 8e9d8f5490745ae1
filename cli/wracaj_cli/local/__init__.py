"""The local stack: the real template, which the real SAM CLI builds and deploys to an emulator on
this machine."""

from wracaj_cli.local.clients import client, session, verify_sender
from wracaj_cli.local.push_bridge import let_push_to
from wracaj_cli.local.schedules import switch_schedules
from wracaj_cli.local.sent_messages import Outbox, SentMessage, outbox
from wracaj_cli.local.server import LocalStackError
from wracaj_cli.local.skipping import anything_waits, set_speed, skip_to
from wracaj_cli.local.stack import down, renew_functions, status, up
from wracaj_cli.local.stack_file import LocalShop, StackInfo, info, record_shop

__all__ = [
    "LocalShop",
    "LocalStackError",
    "Outbox",
    "SentMessage",
    "StackInfo",
    "anything_waits",
    "client",
    "down",
    "info",
    "let_push_to",
    "outbox",
    "record_shop",
    "renew_functions",
    "session",
    "set_speed",
    "skip_to",
    "status",
    "switch_schedules",
    "up",
    "verify_sender",
]
