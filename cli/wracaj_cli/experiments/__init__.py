"""`wracaj experiment`: what an experiment can show before it starts, what it shows, and its end."""
