from support.stories.telling import cloud, story  # noqa: F401
