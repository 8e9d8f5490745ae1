"""The demo's week of a shop that uses every channel: how each shopper is reached, who is not and
why, and what an order ends."""
