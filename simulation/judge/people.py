"""Who is who, by the rules that docs/architecture.md publishes, written anew here."""

from simulation.judge.truth import CartTold, Tick, Truth, Who


def same_shopper(one: Who, other: Who) -> bool:
    """Of account, e-mail and phone, the strongest kind that both have decides."""
    for kind in ("account", "email", "phone"):
        mine, theirs = getattr(one, kind), getattr(other, kind)
        if mine and theirs:
            return bool(mine == theirs)
    return False


def shares_any(one: Who, other: Who) -> bool:
    """Whether any identifier is the same: then they may count as one shopper."""
    pairs = ((one.account, other.account), (one.email, other.email), (one.phone, other.phone))
    return any(mine and mine == theirs for mine, theirs in pairs)


def steady_who(reports: list[CartTold]) -> Who | None:
    """Who a cart's shopper is, where all its reports agree. None: they do not, so that the order of
    their arrival decides."""
    known = Who()
    for one in reports:
        for kind in ("account", "email", "phone"):
            said, before = getattr(one.who, kind), getattr(known, kind)
            if said and before and said != before:
                return None
        known = one.who.over(known)
    return known


def merged(truth: Truth, account: str | None, tick: Tick) -> str | None:
    """The account that this one means, with the merges that must be known by then."""
    for one in truth.merges:
        if account == one.gone and one.is_known(tick):
            account = one.kept
    return account


def accounts_with(truth: Truth, account: str, tick: Tick) -> set[str]:
    """The account, and all that may have been merged with it by then."""
    together = {account}
    for _ in truth.merges:
        for one in truth.merges:
            if one.may_be_known(tick) and together & {one.kept, one.gone}:
                together |= {one.kept, one.gone}
    return together


def accounts_of(truth: Truth, cart: str, tick: Tick) -> set[str]:
    named = {one.who.account for one in truth.carts if one.cart == cart and one.who.account}
    named |= {one.who.account for one in truth.orders if cart in one.carts and one.who.account}
    return {also for account in named if account for also in accounts_with(truth, account, tick)}


def recorded_addresses(truth: Truth, accounts: set[str], channel: str) -> set[str]:
    """Every address that the shop ever reported as its record of one of these accounts."""
    told = (one.who.address(channel) for one in truth.records if one.account in accounts)
    return {address for address in told if address}
