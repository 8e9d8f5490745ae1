"""`wracaj loyalty`: where a customer stands in the shop's programme."""
