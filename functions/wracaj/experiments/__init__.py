"""Experiments: who is in which arm, and what the difference between arms shows."""
