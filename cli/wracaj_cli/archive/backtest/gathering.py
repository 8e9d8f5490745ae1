"""Puts the rows of a shard together: by cart, and carts by person."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

from wracaj.timelines.facts import Sent
from wracaj_cli.archive.backtest.histories import History
from wracaj_cli.archive.backtest.rebuilding import Known
from wracaj_cli.archive.backtest.rows import CartRow, DecisionRow, Row
from wracaj_cli.archive.backtest.runs import Run, Runs
from wracaj_cli.archive.backtest.script import step_of
from wracaj_cli.archive.backtest.shopper_rows import ConsentRow, OrderRow, ShopperRow
from wracaj_cli.archive.backtest.shuffle import Carts

by_time = attrgetter("at")


class Shopper(NamedTuple):
    """`claims`: messages of other timelines, which count for the caps."""

    person: str
    known: list[Known]
    claims: list[Sent]

    @property
    def runs(self) -> list[Run]:
        return [known.run for known in self.known]


@dataclass(slots=True)
class Gathered:
    """`carts`: cart → its rows. `of_shoppers`: orders, opt-outs and erasures of anybody."""

    timeline: str
    is_about_carts: bool
    carts: Carts
    of_shoppers: Sequence[ShopperRow]
    _histories: dict[str, History] = field(default_factory=dict)
    _by_name: dict[str, list[History]] = field(default_factory=dict)
    _by_checkout: dict[str, History] = field(default_factory=dict)
    _claims: dict[str, list[Sent]] = field(default_factory=lambda: defaultdict(list))

    def shoppers(self) -> Iterator[Shopper]:
        runs: dict[str, list[Run]] = {}
        for cart, rows in self.carts.items():
            found = self._read(cart, sorted(rows.values(), key=by_time))
            if found:
                runs[cart] = found
        self._index()
        self._tell()
        for person, carts in self._people(runs).items():
            known = [
                Known(run, self._histories[cart], self.is_about_carts)
                for cart in carts
                for run in runs[cart]
            ]
            yield Shopper(person, known, self._claims.get(person, []))
        for history in self._histories.values():
            history.others.clear()  # they hold each other, and nobody looks for circles: running.py

    def _read(self, cart: str, rows: Iterable[Row]) -> list[Run]:
        """Keep the cart's history, and return its runs."""
        history, runs = History(cart), Runs(cart, self.timeline)
        for row in rows:
            if isinstance(row, CartRow):
                history.add(row)
            elif not isinstance(row, DecisionRow):
                runs.add_start(row)
                history.starts.append((row.at, row.episode))
            elif row.timeline == self.timeline:
                runs.add_decision(row)
                if row.person:
                    history.names[row.person[0]] = row.person
            else:
                self._claim(row)
        self._histories[cart] = history
        return runs.all

    def _claim(self, row: DecisionRow) -> None:
        """Keep a message of another timeline, if it counts for the caps."""
        channel = step_of(bytes(row.step)).channel
        if row.counts_for_caps(channel) and not row.is_asked_for:
            for name in {row.person, row.owner} - {None}:
                self._claims[str(name)].append(Sent(channel, row.at))

    def _index(self) -> None:
        by_checkout = any(isinstance(row, OrderRow) and row.checkouts for row in self.of_shoppers)
        for history in self._histories.values():
            for name in history.names.values():
                self._by_name.setdefault(name, []).append(history)
            if by_checkout:
                self._by_checkout |= dict.fromkeys(history.checkouts, history)
        for same in self._by_name.values():
            if len(same) > 1:
                for history in same:
                    known = {id(other) for other in history.others}
                    history.others += [
                        other for other in same if other is not history and id(other) not in known
                    ]

    def _tell(self) -> None:
        """Tell each cart of what happened to its shopper."""
        for row in self.of_shoppers:
            if isinstance(row, OrderRow):
                for history in self._with(row.names, row.carts, row.checkouts):
                    history.add_order(row)
            elif isinstance(row, ConsentRow):
                for history in self._with(row.names, row.carts):
                    history.add_consent(row)
            else:
                for history in self._with(row.names):
                    history.erased.append(row.at)

    def _with(
        self, names: Sequence[str], carts: Sequence[str] = (), checkouts: Sequence[str] = ()
    ) -> Iterable[History]:
        """The carts of a shopper, and those that are named."""
        found = [history for name in names for history in self._by_name.get(name, ())]
        found += [self._histories[cart] for cart in carts if cart in self._histories]
        found += [self._by_checkout[one] for one in checkouts if one in self._by_checkout]
        return {id(history): history for history in found}.values()

    def _people(self, runs: Mapping[str, list[Run]]) -> Mapping[str, list[str]]:
        """Person → carts. A cart of which no decision names the person stands alone, unless its
        identifiers are those of a person."""
        people: dict[str, list[str]] = {}
        for cart, found in runs.items():
            person = next((run.person for run in reversed(found) if run.person), "")
            names = self._histories[cart].names
            person = person or names.get("e") or names.get("a") or names.get("p") or cart
            people.setdefault(person, []).append(cart)
        return people
