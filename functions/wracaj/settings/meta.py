"""What a shop writes of its page and its advertising audiences at Meta."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from wracaj.settings.values import Url

GRAPH = "https://graph.facebook.com"
MetaId = Annotated[str, Field(pattern=r"^[0-9]{5,25}$")]
AudienceName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class GraphSettings(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    api_version: str = Field(
        "v25.0", pattern=r"^v[0-9]{2}\.[0-9]$", description="Of Meta's Graph API: v25.0"
    )
    graph_url: Url | None = Field(
        None, description="Only for tests: another address of the Graph API"
    )

    @property
    def address(self) -> str:
        return f"{self.graph_url or GRAPH}/{self.api_version}"


class MessengerSettings(GraphSettings):
    page_id: MetaId = Field(
        description=(
            "The id of the shop's page on Facebook, digits only; shoppers write to this page"
        )
    )


class AudienceSettings(GraphSettings):
    id: MetaId = Field(description="The custom audience's id at Meta, digits only")
