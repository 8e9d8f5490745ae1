"""Finds the known word that somebody meant who misspelt it."""

from collections.abc import Iterable

ALIKE = 0.7  # of SequenceMatcher: one or two letters differ, or are swapped


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like this one, or the only one that contains it: `zone` means
    `time_zone`. None where there is none.

    Case, hyphens and spaces are ignored.
    """
    from difflib import SequenceMatcher  # imported here to keep it out of the cold start

    meant, known = _plain(word), list(known)
    scored = [(SequenceMatcher(None, meant, _plain(one)).ratio(), one) for one in known]
    best = max(scored, default=(0.0, ""), key=lambda one: one[0])
    if best[0] >= ALIKE:
        return best[1]
    parts = [one for one in known if meant in _plain(one).split("_")]
    return parts[0] if len(parts) == 1 else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Such as "; did you mean `time_zone`?", or an empty text."""
    found = nearest(word, known)
    return f"; did you mean `{found}`?" if found else ""


def _plain(word: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in word.strip().lower())
