"""How sure the names of shoppers are, as aliases have them: "email#{hash}". Pure.

The shop tells a platform id, an e-mail and a phone. Messenger's id comes with a link that anybody may follow who knows a cart's
id; a browser may be shared. So a name finds its shopper, and joins to those with surer names only who has none of these.
"""

from collections.abc import Collection, Iterable

TOLD_BY_THE_SHOP = 2
_LESS_SURE = {"web_push": 0, "messenger": 1}


def sureness(alias: str) -> int:
    return _LESS_SURE.get(alias.partition("#")[0], TOLD_BY_THE_SHOP)


def surest(aliases: Iterable[str]) -> int:
    return max(map(sureness, aliases), default=0)


def judged_by(names: Collection[str]) -> list[str]:
    """The surest of these names: the others tell only what nothing else does."""
    return [name for name in names if sureness(name) == surest(names)]


def may_be_joined(aliases: Collection[str], found_by: Collection[str], names: Collection[str]) -> bool:
    """Whether who is known by `aliases`, and was found by some of these names, is the one that they name."""
    return surest(found_by) == surest(names) or surest(aliases) <= surest(found_by)
