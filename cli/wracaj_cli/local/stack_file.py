""".local/stack.json, which describes the running stack to the programs that use it."""

from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from wracaj_cli.clock import Clock
from wracaj_cli.house import LOCAL
from wracaj_cli.local import server
from wracaj_cli.local.server import LocalStackError


class LocalShop(BaseModel):
    model_config = ConfigDict(frozen=True)
    platform: str
    webhook_secret: str


class StackInfo(BaseModel):
    """The content of .local/stack.json: everything that a script needs to use the running stack."""

    model_config = ConfigDict(frozen=True)
    api_url: str
    public_url: str
    aws_endpoint_url: str
    region: str
    stage: str
    table: str
    clock: Clock  # as it was when the file was read; `now()` reads it again
    clock_file: Path
    state_machines: dict[str, str]
    nightly_rfm: str
    daily_occasions: str
    campaign_dispatch: str
    reminder_step: str
    shops: dict[str, LocalShop] = {}
    link_key_arn: str
    identifiers_key_arn: str
    start_queue_url: str
    start_dead_letters_url: str
    configuration_set: str
    switch: str
    archive_bucket: str
    archive_keys: str
    archive_queue_url: str
    archive_replay: str
    reconcile: str = ""
    pid: int

    def now(self) -> datetime:
        """Return the virtual time, even after the clock has jumped."""
        return (Clock.read(self.clock_file) or self.clock).virtual(datetime.now(UTC))


def info(home: Path = LOCAL) -> StackInfo:
    """Return the content of .local/stack.json. Raises LocalStackError if no stack runs."""
    if not server.running(home) or not exists(home):
        raise LocalStackError("No local stack is running; start one with `wracaj local up`")
    known = StackInfo.model_validate_json(_file(home).read_text())
    return known.model_copy(update={"clock": Clock.read(known.clock_file) or known.clock})


def record_shop(shop_id: str, platform: str, webhook_secret: str, home: Path = LOCAL) -> StackInfo:
    """Note in stack.json that this shop is registered, so that scripts can sign its webhooks."""
    known = info(home)
    shop = LocalShop(platform=platform, webhook_secret=webhook_secret)
    return write(known.model_copy(update={"shops": {**known.shops, shop_id: shop}}), home)


def forget_shop(shop_id: str, home: Path = LOCAL) -> StackInfo:
    known = info(home)
    return write(
        known.model_copy(
            update={"shops": {name: one for name, one in known.shops.items() if name != shop_id}}
        ),
        home,
    )


def _file(home: Path) -> Path:
    return home / "stack.json"


def exists(home: Path) -> bool:
    return _file(home).exists()


def write(stack: StackInfo, home: Path) -> StackInfo:
    """Write the file in one step, because scripts may read it at the same time."""
    draft = _file(home).with_suffix(".draft")
    draft.write_text(stack.model_dump_json(indent=2) + "\n")
    draft.replace(_file(home))
    return stack
