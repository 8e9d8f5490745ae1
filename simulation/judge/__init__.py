"""Judges a story from what really left, what is really stored, and what people really did. Nothing
here imports the product: a test holds that."""
