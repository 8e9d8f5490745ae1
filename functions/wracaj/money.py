"""Amounts as people read them. Decimal in, text out; never float."""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext

NBSP = "\u00a0"

# ISO 4217 minor units, where they are not two.
_DECIMALS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_MINOR_UNITS = {code: places for places, codes in _DECIMALS.items() for code in codes.split()}
_POLISH_MARKS = str.maketrans(",.", f"{NBSP},")

# As in CLDR: a sign where readers of the language know it, the code otherwise. In English złoty are
# "PLN", which is what price lists in English say in Poland; "zł" after an amount with English
# separators belongs to neither language.
_SIGNS = {
    "pl": {"PLN": "zł", "EUR": "€"},
    "en": {"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥"},
}


def minor_units(currency: str) -> int:
    """How many decimals the currency has."""
    return _MINOR_UNITS.get(currency, 2)


def rounded_down(amount: Decimal, currency: str) -> Decimal:
    """To what the currency can pay."""
    return _rounded(amount, minor_units(currency), ROUND_FLOOR)


def rounded_up(amount: Decimal, currency: str) -> Decimal:
    return _rounded(amount, minor_units(currency), ROUND_CEILING)


def payable(amount: Decimal, currency: str) -> Decimal:
    """As it is where it can be paid; else rounded down, but never to nothing."""
    down = rounded_down(amount, currency)
    return amount if down == amount else down or rounded_up(amount, currency)


def plain(amount: Decimal, currency: str) -> str:
    """For machines: "20.50"."""
    return f"{amount:z.{minor_units(currency)}f}"


def format_money(amount: Decimal, currency: str, locale: str, *, short: bool = False) -> str:
    """Such as "1 234,50 zł" (pl) and "£1,234.50" or "PLN 1,234.50" (en), with no-break spaces,
    halves rounded away from zero.

    A currency that is not known is written as its code; an empty one leaves the number alone.
    `short`: 20,00 zł is "20 zł".
    """
    code = currency.strip().upper()
    digits, minus = _digits(
        amount, 0 if short and amount == amount.to_integral_value() else minor_units(code)
    )
    sign = _SIGNS[locale].get(code)
    if locale == "pl":
        written = digits.translate(_POLISH_MARKS)
        return f"{minus}{written}{NBSP}{sign or code}".rstrip(NBSP)
    return (
        f"{minus}{sign}{digits}"
        if sign
        else f"{minus}{code}{NBSP}{digits}"
        if code
        else f"{minus}{digits}"
    )


def _digits(amount: Decimal, places: int) -> tuple[str, str]:
    rounded = _rounded(amount, places, ROUND_HALF_UP)
    return f"{abs(rounded):,.{places}f}", "-" if rounded < 0 else ""


def _rounded(amount: Decimal, places: int, rounding: str) -> Decimal:
    with localcontext(prec=60):
        return amount.quantize(Decimal(1).scaleb(-places), rounding)
