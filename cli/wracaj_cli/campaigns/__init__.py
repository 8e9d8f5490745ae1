"""`wracaj campaign`: one message to the customers of a shop, or to some of them, at a limited rate.
It can be stopped."""
