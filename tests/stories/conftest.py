from identity.telling import cloud, story  # noqa: F401
