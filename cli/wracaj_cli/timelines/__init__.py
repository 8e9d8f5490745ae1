"""The timelines as marketers see them: read, checked, and shown as a table and as a picture."""
