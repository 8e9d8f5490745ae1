"""What a shop writes of its notifications in browsers."""

from pydantic import BaseModel, ConfigDict, Field

from wracaj.settings.values import Url


class WebPushSettings(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    contact: str = Field(
        description=(
            "The contact for push services, if something is wrong with our messages:"
            ' "mailto:sklep@kubek.example"'
        ),
        pattern=r"^mailto:[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
    )
    ttl_hours: int = Field(
        72,
        ge=24,
        le=672,
        description="How long a push service keeps a notification for a browser that is off",
    )
    icon_url: Url | None = Field(
        None, description="The picture beside a notification, square; none: the shop's logo"
    )
    badge_url: Url | None = Field(
        None,
        description=(
            "The small one-coloured sign that Android shows in its status bar; none: the browser's"
        ),
    )
