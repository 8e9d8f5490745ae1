"""Bringing back what the table lost, from a copy that AWS restored."""
