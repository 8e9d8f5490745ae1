"""`wracaj demo`: shoppers on two shops, four days in two minutes, and every promise checked on what was really sent."""

from wracaj_cli.demo.command import demo

__all__ = ["demo"]
