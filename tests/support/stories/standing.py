"""A customer's loyalty summary, as the shop's staff read it."""

import re
from unittest.mock import patch

from typer.testing import CliRunner

from support.stories.story import Story
from wracaj_cli.main import app


def points_of(
    story: Story,
    *,
    id: str | None = None,  # noqa: A002
    email: str | None = None,
    phone: str | None = None,
) -> int:
    """Return the balance that `wracaj loyalty` shows for this identifier, or 0 if it is unknown."""
    (name,) = [one for one in (id and story.id_of(id), email, phone) if one]
    command = ["loyalty", story.shop.id, name]
    with patch("wracaj_cli.loyalty.command.find_target", lambda _: story.cloud.target):
        result = CliRunner(env={"COLUMNS": "200"}).invoke(app, command)
    if result.exit_code:
        assert "Nobody" in result.output or "asked to be forgotten" in result.output, result.output
    return sum(int(points) for points in re.findall(r"\bpoints\s*│\s*(\d+)", result.output))
