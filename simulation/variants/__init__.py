"""Versions of the product that each break a promise, as edits of its source made while it is
imported. A simulation that does not find one of them has a hole."""
