"""`wracaj demo`: shoppers of two shops for four days, regulars of one for a year; every promise
checked on what was sent."""

from wracaj_cli.demo.command import demo

__all__ = ["demo"]
