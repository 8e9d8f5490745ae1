"""A state machine of a newer release calls older code: refused, tried again, and nothing lost."""

import json
import re
from typing import Any

import pytest

import loyalty_check.app
import reminder_step.app
from support.lambdas import CONTEXT, Json, Lambdas, a_cart_body, a_step, unique
from wracaj.errors import ContractError
from wracaj.settings.shop import Shop
from wracaj.timelines.contract import CURRENT, KNOWN
from wracaj_cli.house import STATE_MACHINES


@pytest.fixture
def cart(lambdas: Lambdas) -> tuple[Shop, str]:
    shop, cart_id = lambdas.register(), unique("koszyk")
    lambdas.post(shop, *a_cart_body("generic", cart_id, email=f"{unique('ala')}@poczta.example"))
    return shop, cart_id


def asked(lambdas: Lambdas, shop: Shop, cart_id: str, **told: Any) -> Json:
    event: Json = {
        "shop": shop.id,
        "cart_id": cart_id,
        "episode": lambdas._number(shop.id, cart_id, 1),
        "timeline": "abandoned_cart",
        "step": a_step(),
    }
    answer: Json = reminder_step.app.handler(event | told, CONTEXT)
    return answer


@pytest.mark.parametrize("contract", [CURRENT + 1, "1", None, True, [CURRENT]])
def test_an_unknown_contract_is_refused_before_anything_is_read_or_written(
    lambdas: Lambdas, cart: tuple[Shop, str], contract: object, wire: list[str]
) -> None:
    wire.clear()
    with pytest.raises(ContractError, match="unknown to this release, which knows 0, 1: deploy"):
        asked(lambdas, *cart, contract=contract, something_new={"of": "that release"})
    assert [one for one in wire if "GetItem" not in one] == []


def test_once_code_that_knows_it_is_back_the_message_goes_out(
    lambdas: Lambdas, cart: tuple[Shop, str]
) -> None:
    for _ in range(3):
        with pytest.raises(ContractError):
            asked(lambdas, *cart, contract=CURRENT + 1)
    assert asked(lambdas, *cart, contract=CURRENT)["outcome"] == "sent"
    (record,) = lambdas.cart(*cart).records.values()
    assert record.error is None


@pytest.mark.parametrize("contract", sorted(KNOWN))
def test_every_contract_that_an_execution_may_still_have_is_known(
    lambdas: Lambdas, cart: tuple[Shop, str], contract: int
) -> None:
    told: Json = {"contract": contract} if contract else {}  # before contracts had a number
    assert asked(lambdas, *cart, **told)["outcome"] == "sent"


def test_a_check_refuses_an_unknown_contract_too() -> None:
    with pytest.raises(ContractError):
        loyalty_check.app.handler(
            {"contract": CURRENT + 1, "whatever": "it has"},
            CONTEXT,
        )


def test_every_call_of_a_timeline_names_the_contract_and_is_tried_again_for_days() -> None:
    files = sorted(STATE_MACHINES.glob("*.asl.json"))
    assert len(files) >= 15
    for file in files:
        states = json.loads(file.read_text(encoding="utf-8"))["States"].values()
        for task in (state for state in states if state["Type"] == "Task"):
            assert task["Arguments"]["Payload"]["contract"] == CURRENT
            (retry,) = [one for one in task["Retry"] if "ContractError" in one["ErrorEquals"]]
            waits = [
                min(retry["MaxDelaySeconds"], retry["IntervalSeconds"] * retry["BackoffRate"] ** n)
                for n in range(retry["MaxAttempts"])
            ]
            assert sum(waits) / 2 > 5 * 24 * 3600  # full jitter halves it


def test_what_each_contract_changed_is_written_down() -> None:
    import wracaj.timelines.contract as contract

    assert re.findall(r"^- (\d+):", contract.__doc__ or "", re.MULTILINE) == [
        str(number) for number in range(CURRENT + 1)
    ]
