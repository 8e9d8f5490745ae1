"""The demo's week of a shop that uses every channel: who is reached how, who is not and why, and
what the order ends."""
