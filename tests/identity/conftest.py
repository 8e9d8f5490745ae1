from collections.abc import Iterator

import pytest

from builders import NOON
from identity.cloud import Cloud, a_cloud
from identity.story import Story, a_story


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with a_cloud(NOON) as cloud:
        yield cloud


@pytest.fixture(params=["generic", "shopify"])
def story(cloud: Cloud, request: pytest.FixtureRequest) -> Story:
    """In a shop of each platform."""
    return a_story(cloud, request.param)
