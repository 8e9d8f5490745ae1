"""What is kept of all that came in and was decided, so that a gap can be replayed and a changed
timeline tried on the shop's own past."""
