"""`wracaj privacy`: exports a shopper's data, erases a shopper or a whole shop, and lists the
requests."""
