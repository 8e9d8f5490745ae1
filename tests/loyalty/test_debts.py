"""Points that were used and whose order was then refunded. They are a debt, which later points
repay and which does not expire."""

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from wracaj.loyalty.ledger import Account, Posting
from wracaj.loyalty.points import expiring, next_expiring, oldest_first
from wracaj.loyalty.programme import Programme

JANUARY, FEBRUARY, JUNE = date(2026, 1, 20), date(2026, 2, 20), date(2026, 6, 20)
PROGRAMME = Programme.model_validate(
    {"currency": "PLN", "margin_percent": 30, "points": {"per_unit": 1, "value": "0.01"}}
)


def of_order(points: int, last_day: str) -> Posting:
    return Posting(
        day=last_day,
        month=last_day[:7],
        currency="PLN",
        good_until=last_day,
        points=points,
        orders=1,
    )


OLD, NEW = of_order(1000, "2027-01-31"), of_order(1000, "2027-06-30")
NOTHING = Posting()


def spent(account: Account, points: int, today: date) -> Account:
    return account.taking(oldest_first(account, points, today)).owing(today)


def in_debt() -> Account:
    """January's points became a code, and January's order was cancelled in February."""
    bought = Account().post(NOTHING, OLD).owing(JANUARY)
    return spent(bought, 1000, JANUARY).post(OLD, NOTHING).owing(FEBRUARY)


def later(today: date, days: int = 900) -> list[date]:
    return [today + timedelta(days=number) for number in range(0, days, 5)]


def test_a_debt_stays_until_it_is_settled() -> None:
    assert {in_debt().points(day) for day in later(FEBRUARY)} == {-1000}


def test_points_earned_later_settle_it_and_the_balance_is_nothing_from_then_on() -> None:
    account = in_debt().post(NOTHING, NEW).owing(JUNE)
    assert {account.points(day) for day in later(JUNE)} == {0}


def test_points_that_expire_before_the_lost_ones_settle_it_for_good() -> None:
    """As where the shop has shortened the life of its points meanwhile."""
    account = in_debt().post(NOTHING, of_order(1000, "2026-09-30")).owing(JUNE)
    assert {account.points(day) for day in later(JUNE)} == {0}


def test_what_had_expired_before_it_arose_settles_nothing() -> None:
    unused = Account().post(NOTHING, of_order(500, "2025-12-31"))
    bought = unused.post(NOTHING, OLD).owing(JANUARY)
    account = spent(bought, 1000, JANUARY).post(OLD, NOTHING).owing(FEBRUARY)
    assert account.points(FEBRUARY) == -1000


def test_an_order_that_goes_after_its_spent_points_expired_is_a_debt_all_the_same() -> None:
    account = (
        spent(Account().post(NOTHING, OLD), 1000, JANUARY)
        .post(OLD, NOTHING)
        .owing(date(2027, 3, 1))
    )
    assert account.points(date(2027, 3, 1)) == -1000


def test_an_order_that_goes_after_its_points_expired_unspent_takes_nothing() -> None:
    account = (
        Account().post(NOTHING, OLD).post(NOTHING, NEW).post(OLD, NOTHING).owing(date(2027, 3, 1))
    )
    assert account.points(date(2027, 3, 1)) == 1000


def test_the_order_that_is_paid_after_all_ends_its_debt() -> None:
    account = in_debt().post(NOTHING, OLD).owing(JUNE)
    assert (account.points(JUNE), account.owed) == (0, {})


def test_a_debt_is_paid_out_of_what_expires_first_and_that_is_not_announced_as_expiring() -> None:
    account = in_debt().post(NOTHING, of_order(1200, "2026-06-30")).post(NOTHING, NEW).owing(JUNE)
    assert account.left(JUNE) == {"2026-06-30": 200, "2027-06-30": 1000}
    soon = next_expiring(PROGRAMME, account, JUNE)
    assert soon is not None and soon.points == 200
    assert (
        expiring(PROGRAMME, in_debt().post(NOTHING, NEW).owing(JUNE), JUNE, date(2027, 6, 30))
        is None
    )


def test_only_what_is_left_after_the_debt_is_exchanged() -> None:
    account = in_debt().post(NOTHING, of_order(1500, "2027-06-30")).owing(JUNE)
    assert oldest_first(account, 700, JUNE) == {"2027-06-30": 500}


def test_points_spent_under_one_name_and_earned_under_another_are_no_debt() -> None:
    """An exchange is written to the account that stays, whichever of the two earned the points."""
    earned, spending = (
        Account().post(NOTHING, OLD),
        Account().taking({"2027-01-31": 1000}).owing(JANUARY),
    )
    assert earned.plus(spending).points(JANUARY) == 0
    more = earned.plus(spending).post(NOTHING, NEW)
    assert more.points(JUNE) == more.points(date(2027, 6, 30)) == 1000


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["earn", "spend", "lose", "regain"]),
        st.integers(0, 3),
        st.integers(1, 300),
        st.integers(0, 200),
    ),
    max_size=14,
)


def played(moves: list[tuple[str, int, int, int]]) -> tuple[Account, date]:
    """Some orders earn, some points are spent, some orders go and come back, while days pass."""
    account, today = Account(), JANUARY
    standing: dict[int, Posting] = {}
    for move, number, points, days in moves:
        today += timedelta(days=days)
        known = standing.get(number, NOTHING)
        if move in {"earn", "regain"} and not known.points:
            last = (today + timedelta(days=[90, 365, 200, 30][number])).isoformat()
            standing[number] = of_order(points, last)
            account = account.post(known, standing[number])
        elif move == "lose" and known.points:
            standing[number] = NOTHING
            account = account.post(known, NOTHING)
        elif move == "spend" and account.points(today) >= points:
            account = account.taking(oldest_first(account, points, today))
        account = account.owing(today)
    return account, today


@given(MOVES)
def test_no_balance_rises_by_the_mere_passing_of_time(moves: list[Any]) -> None:
    account, today = played(moves)
    balances = [account.points(day) for day in later(today, 500)]
    assert balances == sorted(balances, reverse=True)


@given(MOVES, st.integers(1, 300))
def test_whatever_is_spent_leaves_the_balance_by_just_so_much(
    moves: list[Any], points: int
) -> None:
    account, today = played(moves)
    if account.points(today) >= points:
        assert spent(account, points, today).points(today) == account.points(today) - points


@given(MOVES)
def test_a_debt_is_never_more_than_what_was_spent_and_lost(moves: list[Any]) -> None:
    account, today = played(moves)
    owed = -sum(points for points in account.expiring.values() if points < 0)
    assert sum(account.owed.values()) == owed
    assert account.points(today + timedelta(days=2000)) >= -owed


POSTINGS = st.lists(
    st.builds(
        of_order, st.integers(1, 500), st.sampled_from(["2026-03-31", "2027-01-31", "2027-06-30"])
    ),
    max_size=6,
)


@given(
    POSTINGS,
    st.dictionaries(st.sampled_from(["2027-01-31", "2027-06-30"]), st.integers(1, 500)),
    st.randoms(),
)
def test_the_order_in_which_a_days_orders_become_known_changes_no_balance(
    postings: list[Posting], taken: dict[str, int], random: Any
) -> None:
    account = Account().taking(taken).owing(JANUARY)
    one = other = account
    for posting in postings:
        one = one.post(NOTHING, posting).owing(JANUARY)
    random.shuffle(postings)
    for posting in postings:
        other = other.post(NOTHING, posting).owing(JANUARY)
    assert one == other


def test_a_debt_is_of_the_day_on_which_it_arose() -> None:
    assert in_debt().owed == {FEBRUARY.isoformat(): 1000}
    moment = datetime(2026, 2, 20, 12)
    assert in_debt().owing(moment.date() + timedelta(days=100)).owed == {FEBRUARY.isoformat(): 1000}


def test_of_two_debts_what_comes_back_settles_the_newer() -> None:
    account = Account(expiring={"2027-01-31": -300}, owed={"2026-02-20": 100, "2026-06-20": 200})
    assert account.post(NOTHING, of_order(250, "2027-01-31")).owing(JUNE).owed == {"2026-02-20": 50}
