"""Variants of what takes events in: webhooks, orders, erasures, stops, starts."""

from simulation.judge.promises import Promise
from simulation.variants.variant import Edit, Variant

CARTS, ORDER = "wracaj/store/carts.py", "wracaj/orders/order.py"
STARTING = "wracaj/aws/step_functions.py"
NAME_PARTS = "    parts = (shop, cart_id, str(episode), *([str(part)] if part > 1 else []))\n"

INTAKE = (
    Variant(
        "signature not checked",
        "Whoever knows the address may report anything.",
        (Promise.FORGED,),
        (
            Edit(
                "cart_webhook/app.py",
                "        module.verify(request, shop.secrets.webhook_secrets)\n",
                "        pass\n",
            ),
        ),
    ),
    Variant(
        "answered before it is stored",
        "A webhook is answered 2xx although it failed.",
        (Promise.LOST, Promise.BALANCE, Promise.AFTER_ORDER),
        (
            Edit(
                "cart_webhook/app.py",
                '        count("WebhookFailed")\n        return _problem(\n            503,\n',
                '        count("WebhookFailed")\n        return _problem(\n            202,\n',
            ),
        ),
    ),
    Variant(
        "an older cart event overwrites",
        "The report that comes last counts, however old it is.",
        (Promise.LOST, Promise.ADDRESS),
        (
            Edit(
                CARTS,
                "    change.only_if_below(version=event.version, forgotten=event.version)\n",
                "    change.only_if_below(forgotten=event.version)\n",
            ),
        ),
    ),
    Variant(
        "points twice for one order",
        "Each report of an order is posted anew.",
        (Promise.BALANCE,),
        (
            Edit(
                "wracaj/store/accounts.py",
                "            changed = account.post(known.posted, entry.posted)\n",
                "            changed = account.post(Posting(), entry.posted)\n",
            ),
        ),
    ),
    Variant(
        "refund not taken back",
        "A refund leaves what the order earned.",
        (Promise.BALANCE,),
        (
            Edit(
                ORDER,
                "        return max(NOTHING, self.total - sum(back, NOTHING))\n",
                "        return self.total\n",
            ),
        ),
    ),
    Variant(
        "cancellation not taken back",
        "A cancelled order counts.",
        (Promise.BALANCE,),
        (
            Edit(
                ORDER,
                "        return self.cancelled_at is not None and (\n",
                "        return False and (\n",
            ),
        ),
    ),
    Variant(
        "throttled start dropped",
        "A timeline whose start was throttled is not queued.",
        (Promise.LOST,),
        (
            Edit(
                STARTING,
                '        client("sqs").send_message('
                'QueueUrl=os.environ["WRACAJ_START_QUEUE_URL"], MessageBody=body)\n',
                "        del body\n",
            ),
        ),
    ),
    Variant(
        "queued start dropped",
        "A queued start that fails is taken off the queue.",
        (Promise.LOST,),
        (
            Edit(
                "timeline_start/app.py",
                "        return False\n    return True\n",
                "        return True\n    return True\n",
            ),
        ),
    ),
    Variant(
        "execution name reused",
        "A cart's execution has the same name in each episode.",
        (Promise.LOST,),
        (Edit(STARTING, NAME_PARTS, "    parts = (shop, cart_id)\n"),),
    ),
    Variant(
        "each start is another execution",
        "An execution's name does not prevent a second one.",
        (Promise.TWICE,),
        (
            Edit(
                STARTING,
                NAME_PARTS,
                "    parts = (shop, cart_id, str(episode), now().isoformat())\n",
            ),
        ),
    ),
    Variant(
        "erasure leaves the address",
        "A cart's contact stays when its shopper is erased.",
        (Promise.ERASURE,),
        (
            Edit(
                "wracaj/store/forgotten_carts.py",
                "    gone = (*_WHOSE, *LONG_WAIT, *FACTS, ",
                '    gone = (*_WHOSE, *LONG_WAIT, "content", ',
            ),
        ),
    ),
    Variant(
        "a late event undoes an erasure",
        "Reports from before an erasure count when they come after it.",
        (Promise.ERASURE,),
        (
            Edit(
                CARTS,
                "            if event.version <= cart.forgotten:\n                return cart\n",
                "",
            ),
            Edit(
                CARTS,
                "    change.only_if_below(version=event.version, forgotten=event.version)\n",
                "    change.only_if_below(version=event.version)\n",
            ),
            Edit(
                "wracaj/services/intake/settling.py",
                "        self._leave_out_what_was_erased(cart, shopper)\n",
                "",
            ),
        ),
    ),
    Variant(
        "a stop holds for one cart",
        "Whoever presses stop hears of no more of this cart, and of all others.",
        (Promise.STOP,),
        (
            Edit(
                "wracaj/services/unsubscribe.py",
                "    opt_out(store, reader, word, list(Channel), carts, wording)\n",
                "",
            ),
        ),
    ),
    Variant(
        "a link that is looked at unsubscribes",
        "Mail scanners unsubscribe shoppers.",
        (Promise.REASON,),
        (
            Edit(
                "shopper_link/app.py",
                '    if method != "POST":\n',
                '    if method != "POST" and is_stopped(store, reader):\n',
            ),
        ),
    ),
    Variant(
        "links lead to another cart",
        "Two carts' messages share the number that their links hold.",
        (Promise.ADDRESS, Promise.STOP),
        (
            Edit(
                "wracaj/store/message_links.py",
                '    return hashlib.sha256("\\0".join((shop, cart_id, str(episode), step))',
                '    return hashlib.sha256("\\0".join((shop, str(episode), step))',
            ),
        ),
    ),
)
