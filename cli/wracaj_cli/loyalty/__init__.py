"""`wracaj loyalty`: a customer's loyalty summary."""
