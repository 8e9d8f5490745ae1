from support.stories.telling import cloud  # noqa: F401
