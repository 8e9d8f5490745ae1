"""Variants of the decision, of consent and of who is who."""

from simulation.judge.promises import Promise
from simulation.variants.variant import Edit, Variant

DECISION, FACTS = "wracaj/timelines/decision.py", "wracaj/timelines/facts.py"
SHOPPER, CONSENT = "wracaj/customers/shopper.py", "wracaj/consent/consent.py"
ELIGIBILITY, IDENTITY = "wracaj/timelines/eligibility.py", "wracaj/customers/identity.py"
CONSENTS = "wracaj/customers/consents.py"
SHOPPER = "wracaj/customers/shopper.py"

RULES = (
    Variant(
        "window not checked",
        "Messages leave at any hour.",
        (Promise.WINDOW,),
        (Edit(DECISION, "    opens = next_opening(at, shop)\n", "    opens = at\n"),),
    ),
    Variant(
        "cap not checked",
        "Messages leave however many left before.",
        (Promise.CAP,),
        (Edit(DECISION, "    free = cap_free_at(facts, step, shop)\n", "    free = None\n"),),
    ),
    Variant(
        "weekly cap not checked",
        "Only the hours between two messages of a channel count.",
        (Promise.CAP,),
        (
            Edit(
                DECISION,
                "    if len(times) >= cap.messages_in_7_days:\n",
                "    if False:\n",
            ),
        ),
    ),
    Variant(
        "kill switch ignored",
        "A shop that is switched off sends on.",
        (Promise.SWITCH,),
        (
            Edit(
                DECISION,
                "    if not (facts.switched_on and shop.enabled):\n",
                "    if not facts.switched_on:\n",
            ),
        ),
    ),
    Variant(
        "stale step sent",
        "A step that wakes too late sends all the same.",
        (Promise.STALE,),
        (
            Edit(
                DECISION,
                "refusal is None and now > _stale_at(facts, step, shop, now)",
                "refusal is None and False",
            ),
        ),
    ),
    Variant(
        "an order ends only its own cart",
        "Other carts of the same shopper go on.",
        (Promise.AFTER_ORDER,),
        (
            Edit(
                FACTS,
                "    return subject.ended_by_order(shopper.last_order_at)\n",
                "    return subject.ended_by_order(None)\n",
            ),
            Edit(
                "wracaj/services/intake/orders.py",
                "        for cart in others:\n"
                "            self.store.carts.mark_ordered(shop, cart.cart_id, name)\n",
                "",
            ),
        ),
    ),
    Variant(
        "merge by typed phone",
        "Two shoppers with one phone are taken for one.",
        (Promise.REASON, Promise.BALANCE, Promise.ADDRESS),
        (
            Edit(
                IDENTITY,
                "    return shared is not None and one[shared] == other[shared]\n",
                "    return any(one[k] == other[k] for k in DECIDING if k in one and k in other)\n",
            ),
            Edit(
                SHOPPER,
                "            if not kinds & set(map(IdentifierKind, surer))\n",
                "",
            ),
        ),
    ),
    Variant(
        "points by typed phone",
        "An order belongs to its phone before its e-mail.",
        (Promise.BALANCE,),
        (
            Edit(
                IDENTITY,
                "    return next((names[kind] for kind in IdentifierKind if kind in names),"
                " None)\n",
                "    kinds = (IdentifierKind.ACCOUNT, IdentifierKind.PHONE, *IdentifierKind)\n"
                "    return next((names[kind] for kind in kinds if kind in names), None)\n",
            ),
        ),
    ),
    Variant(
        "opt-out forgotten by a late yes",
        "What was told last counts, however old it is.",
        (Promise.CONSENT, Promise.STOP),
        (
            Edit(
                CONSENTS,
                "        if known is not None and known.version >= word.version:\n"
                "            return self\n"
                '        return self.model_copy(update={"consent"',
                '        return self.model_copy(update={"consent"',
            ),
            Edit(
                SHOPPER,
                "self.owner.with_consent(channel, EACH, word)",
                "self.owner.with_consent(channel, word.address_hash, word)",
            ),
        ),
    ),
    Variant(
        "a ticked box counts anew",
        "The box of a cart counts from the newest report, not from the cart's beginning.",
        (Promise.STOP, Promise.CONSENT),
        (
            Edit(
                "wracaj/timelines/subject.py",
                '        return consent.model_copy(update={"at": self.created_at})\n',
                "        return consent.model_copy(\n"
                '            update={"at": max(consent.at, self.last_activity_at or consent.at)}\n'
                "        )\n",
            ),
            Edit(
                "wracaj/timelines/subject.py",
                "            or consent.at <= self.created_at\n",
                "",
            ),
        ),
    ),
    Variant(
        "unknown is a yes",
        "Whoever said nothing is written to.",
        (Promise.CONSENT,),
        (
            Edit(
                SHOPPER,
                "        return latest(*counting) is ConsentState.SUBSCRIBED\n",
                "        return latest(*counting) is not ConsentState.UNSUBSCRIBED\n",
            ),
        ),
    ),
    Variant(
        "double opt-in skipped",
        "A ticked box counts, though the shop asks for a click.",
        (Promise.CONSENT,),
        (
            Edit(
                CONSENT,
                "    if word.state is not ConsentState.SUBSCRIBED or word.confirmed or"
                " channel not in channels:\n        return word\n",
                "    return word\n",
            ),
        ),
    ),
    Variant(
        "bounces ignored",
        "An address that bounced or complained is written to again.",
        (Promise.STOP,),
        (
            Edit(
                ELIGIBILITY,
                "    if shopper.is_suppressed(step.channel, address):\n"
                "        return Reason.SUPPRESSED\n",
                "",
            ),
        ),
    ),
    Variant(
        "another's name",
        "A mail greets the account's owner, whatever address it goes to.",
        (Promise.ADDRESS,),
        (
            Edit(
                SHOPPER,
                "            if self.owner.is_account and address in"
                " {self.record.email, self.record.phone}\n",
                "            if self.owner.is_account\n",
            ),
        ),
    ),
)
