"""Puts the rows of a shard together: by cart, and carts by person."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple

from wracaj.consent.channel import Channel
from wracaj.timelines.facts import Sent
from wracaj_cli.archive.backtest.histories import History
from wracaj_cli.archive.backtest.rebuilding import Known
from wracaj_cli.archive.backtest.rows import (
    CART,
    CLAIM,
    CONSENT,
    DECISION,
    ORDER,
    START,
    CartRow,
    ClaimRow,
    ConsentRow,
    DecisionRow,
    ErasureRow,
    OrderRow,
    Row,
    StartRow,
)
from wracaj_cli.archive.backtest.runs import Run, Runs

by_time = itemgetter(2)
CHANNELS = {str(channel): channel for channel in Channel}


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
    carts: Mapping[str, list[Row]]
    of_shoppers: Iterable[Row]
    _histories: dict[str, History] = field(default_factory=dict)
    _by_name: dict[str, list[History]] = field(default_factory=dict)
    _by_checkout: dict[str, History] = field(default_factory=dict)
    _claims: dict[str, list[Sent]] = field(default_factory=lambda: defaultdict(list))

    def shoppers(self) -> Iterator[Shopper]:
        runs: dict[str, list[Run]] = {}
        for cart, rows in self.carts.items():
            rows.sort(key=by_time)
            found = self._read(cart, rows)
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

    def _read(self, cart: str, rows: list[Row]) -> list[Run]:
        """Keep the cart's history, and return its runs. A row that was archived twice stands
        twice, and counts once."""
        history, runs, before = History(cart), Runs(cart, self.timeline), ()
        for row in rows:
            if row == before:
                continue
            before, kind = row, row[0]
            if kind == DECISION:
                made = DecisionRow._make(row)
                runs.add_decision(made)
                if made.person:
                    history.names[made.person[0]] = made.person
            elif kind == CART:
                history.add(CartRow._make(row))
            elif kind == START:
                start = StartRow._make(row)
                runs.add_start(start)
                history.starts.append((datetime.fromisoformat(start.at), start.episode))
            elif kind == CLAIM:
                self._claim(ClaimRow._make(row))
        self._histories[cart] = history
        return runs.all

    def _claim(self, row: ClaimRow) -> None:
        sent = Sent(CHANNELS[row.channel], datetime.fromisoformat(row.at))
        for name in row.names:
            self._claims[name].append(sent)

    def _index(self) -> None:
        for history in self._histories.values():
            for name in history.names.values():
                self._by_name.setdefault(name, []).append(history)
            for checkout in history.checkouts:
                self._by_checkout[checkout] = history
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
            if row[0] == ORDER:
                order = OrderRow._make(row)
                for history in self._with(order.names, order.carts, order.checkouts):
                    history.add_order(order)
            elif row[0] == CONSENT:
                consent = ConsentRow._make(row)
                for history in self._with(consent.names, consent.carts):
                    history.add_consent(consent)
            else:
                erasure = ErasureRow._make(row)
                for history in self._with(erasure.names):
                    history.erased.append(datetime.fromisoformat(erasure.at))

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
