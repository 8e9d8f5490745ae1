"""Variants of the claim, the sending and the records."""

from simulation.judge.promises import Promise
from simulation.variants.variant import Edit, Variant

RECORDS, SEND = "wracaj/store/step_records.py", "reminder_step/send.py"
CART_CHECK = 'touched.only_if(revision=subject.revision).only_if_absent("orders", "erased")'
CHANGING = "*customers.changing(subject.shop, before, after),"
HOLDING = "*customers.holding(subject.shop, before, sorted(set(deciding(before)) - changed)),"
UNCHECKED = """def unchecked(actions):
    for action in actions:
        put = action.get("Put", {})
        for name in ("ConditionExpression", "ExpressionAttributeValues"):
            put.pop(name, None)
    return actions


def deciding(shopper: Shopper)"""
NO_CUSTOMER_CHECKS = (
    Edit(RECORDS, CHANGING, "*unchecked(customers.changing(subject.shop, before, after)),"),
    Edit(RECORDS, HOLDING, ""),
    Edit(RECORDS, "def deciding(shopper: Shopper)", UNCHECKED),
)

CLAIMS = (
    Variant(
        "claim after the send",
        "A message is given to the provider first, and claimed then.",
        (Promise.TWICE, Promise.AFTER_ORDER, Promise.STOP, Promise.CONSENT),
        (
            Edit(
                SEND,
                "        shopper = self._claim(record)\n",
                "        early = self.outside.channels(self.step.channel).send(message)\n"
                "        shopper = self._claim(record)\n",
            ),
            Edit(
                SEND,
                "provider_id = self.outside.channels(self.step.channel).send(message)",
                'provider_id = "early"',
            ),
        ),
    ),
    Variant(
        "no order check in the claim",
        "The claim does not look whether an order came since the decision.",
        (Promise.AFTER_ORDER,),
        (Edit(RECORDS, CART_CHECK, "pass"), *NO_CUSTOMER_CHECKS),
    ),
    Variant(
        "no consent check in the claim",
        "The claim does not look whether an opt-out came since the decision.",
        (Promise.CONSENT, Promise.STOP, Promise.AFTER_ORDER, Promise.CAP),
        NO_CUSTOMER_CHECKS,
    ),
    Variant(
        "unknown outcome sent again",
        "A provider's time-out counts as not taken, and the message is tried again.",
        (Promise.TWICE,),
        (
            Edit(
                "wracaj/channels/outcome.py",
                "raise OutcomeUnknownError",
                "raise NotTakenError",
            ),
        ),
    ),
    Variant(
        "a dead process's message sent again",
        "A message that was being sent when its process died is claimed anew.",
        (Promise.TWICE,),
        (
            Edit(
                RECORDS,
                "MAY_BE_CLAIMED = (RecordState.HELD, ",
                "MAY_BE_CLAIMED = (RecordState.SENDING, RecordState.HELD, ",
            ),
            Edit(
                "wracaj/timelines/facts.py",
                "    if record.state in {RecordState.SENDING, RecordState.UNKNOWN}:",
                "    if record.state is RecordState.UNKNOWN:",
            ),
        ),
    ),
    Variant(
        "decision without a record",
        "A step that sends nothing writes no reason.",
        (Promise.REASON,),
        (
            Edit(
                "reminder_step/record.py",
                "    elif record is None or not record.state.final:\n",
                "    elif False:\n",
            ),
        ),
    ),
    Variant(
        "missed steps forgotten",
        "A step whose function gave no answer is recorded nowhere.",
        (Promise.REASON,),
        (
            Edit(
                "reminder_step/failing.py",
                "    for one in missed:\n        _note_missed(store, request, one)\n",
                "",
            ),
        ),
    ),
    Variant(
        "code minted anew at a retry",
        "Each try of a discount message mints another code.",
        (Promise.CODE,),
        (
            Edit(
                "reminder_step/discount_code.py",
                "    if earlier and earlier.voucher:\n        return earlier.voucher\n",
                "",
            ),
            Edit(
                "reminder_step/discount_code.py",
                "    return same or (new_voucher(",
                "    return (new_voucher(",
            ),
        ),
    ),
)
