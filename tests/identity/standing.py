"""Where a customer stands, as the shop's people read it."""

import re
from dataclasses import fields
from typing import Any
from unittest.mock import patch

from typer.testing import CliRunner

from handlers.lambdas import STAGE
from identity.cloud import ENVIRONMENT, PUBLIC_URL
from identity.story import Story
from wracaj import aws
from wracaj_cli.main import app
from wracaj_cli.shops.target import Target

KEPT = {"api_url": PUBLIC_URL, "stage": STAGE, "names_key": ENVIRONMENT["WRACAJ_NAMES_KEY_ARN"], "home": None}


def points_of(story: Story, *, id: str | None = None, email: str | None = None, phone: str | None = None) -> int:  # noqa: A002
    """The balance, as `wracaj loyalty` shows it to whoever asks by this one name; 0 of somebody whom nobody knows."""
    (name,) = [one for one in (id and story.id_of(id), email, phone) if one]
    command = ["loyalty", story.shop.id, name]
    with patch("wracaj_cli.loyalty.command.find_target", lambda _: target(story)):
        result = CliRunner(env={"COLUMNS": "200"}).invoke(app, command)
    if result.exit_code:
        assert "Nobody" in result.output, result.output
    return sum(int(points) for points in re.findall(r"\bpoints\s*│\s*(\d+)", result.output))


def target(story: Story) -> Target:
    """A deployment of which only the table is asked."""
    given: dict[str, Any] = {"client": aws.client, "table": ENVIRONMENT["WRACAJ_TABLE"], "now": lambda: story.now} | KEPT
    return Target(**{field.name: given.get(field.name, "") for field in fields(Target)})
