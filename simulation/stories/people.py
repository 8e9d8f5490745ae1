"""The shoppers of a story."""

from dataclasses import dataclass, field, replace

from simulation.judge.truth import Who
from simulation.stories.drawing import Draw

# made up, so that none stands in a template or a list of vocatives
NAMES = ("Wyndra", "Qorwin", "Zelmira", "Tyvrand")


@dataclass
class Shopper:
    """`is_known`: has an account of the shop, and is logged in. `texts`: gives a phone."""

    number: int
    email: str | None
    phone: str | None
    name: str | None
    account: str | None
    agrees: dict[str, bool] = field(default_factory=dict)  # channel → ticks its box

    @property
    def who(self) -> Who:
        return Who(self.account, self.email, self.phone, self.name)


def draw_shoppers(draw: Draw) -> list[Shopper]:
    count = draw.one_of({1: 60, 2: 30, 3: 10})
    shoppers = [a_shopper(draw, number) for number in range(count)]
    for one in shoppers[1:]:
        mix(draw, shoppers[0], one)
    return shoppers


def a_shopper(draw: Draw, number: int) -> Shopper:
    kind = draw.one_of({"guest": 45, "account": 40, "phone only": 15})
    email = f"osoba{number}.{draw.getrandbits(32):08x}@poczta.example"
    phone = f"+48600{draw.randrange(10**5):05d}{number}"
    if kind == "phone only":
        return Shopper(number, None, phone, None, None, {"sms": draw.chance(0.8)})
    gives_phone = draw.chance(0.55)
    agrees = {"email": draw.chance(0.85), "sms": gives_phone and draw.chance(0.7)}
    account = f"{7000 + number}{draw.randrange(10**6):06d}" if kind == "account" else None
    name = NAMES[number] if draw.chance(0.7) else None
    return Shopper(number, email, phone if gives_phone else None, name, account, agrees)


def mix(draw: Draw, first: Shopper, other: Shopper) -> None:
    """What two shoppers may have in common: a family's phone, or an address typed by mistake."""
    match draw.one_of({"nothing": 50, "phone": 30, "e-mail": 20}):
        case "phone" if first.phone:
            other.phone = first.phone
            other.agrees["sms"] = draw.chance(0.5)
        case "e-mail" if first.email and not other.account:
            other.email = first.email


def without(who: Who, draw: Draw) -> Who:
    """What a half empty report leaves of a shopper."""
    left = draw.any_of(("account", "email", "phone", "nothing"))
    if left == "nothing":
        return Who()
    return replace(Who(), **{left: getattr(who, left)})
