"""How much happens in a shop, by the hour, and whether that is far from its own past."""
