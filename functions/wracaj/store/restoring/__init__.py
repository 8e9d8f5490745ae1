"""Brings items back from an older copy of the table. Used by `wracaj restore` alone."""
