"""`wracaj demo`: shoppers of three shops over four days, and regular customers of one shop over a
year. Every promise is checked against the messages that were sent."""

from wracaj_cli.demo.command import demo

__all__ = ["demo"]
