"""The demo's year: the regular customers of one shop, whose loyalty programme begins on the first
of January after the carts."""
