"""`wracaj privacy`: what is known of a shopper, forgetting them, forgetting a whole shop, and what
was asked for."""
