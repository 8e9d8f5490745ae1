"""`wracaj shop`: a shop's settings and secrets, its webhook addresses, a test event, its discount
codes."""
