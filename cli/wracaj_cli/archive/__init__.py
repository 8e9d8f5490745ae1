"""The archive: reading it, running it again, and trying other timings on it."""
