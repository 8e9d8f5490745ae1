"""The modules whose rules are tested, and the tests that belong to each: quick ones, in memory."""

STEPS = (
    "tests/steps/test_claimed.py",
    "tests/steps/test_step.py",
    "tests/steps/test_promises.py",
    "tests/steps/test_final_call.py",
    "tests/steps/test_untold.py",
)
MODULES = {
    "wracaj.timelines.decision": (
        "tests/timelines/test_moments.py",
        "tests/timelines/test_decision.py",
        "tests/timelines/test_asked_for.py",
        "tests/timelines/test_eligibility.py",
    ),
    "wracaj.timelines.eligibility": (
        "tests/timelines/test_reminded_once.py",
        "tests/timelines/test_eligibility.py",
        "tests/timelines/test_decision.py",
        "tests/timelines/test_asked_for.py",
    ),
    "wracaj.loyalty.ledger": (
        "tests/loyalty/test_account.py",
        "tests/loyalty/test_ledger.py",
        "tests/loyalty/test_debts.py",
    ),
    "wracaj.loyalty.earning": ("tests/loyalty/test_thresholds.py", "tests/loyalty/test_earning.py"),
    "wracaj.consent.consent": ("tests/consent",),
    "wracaj.consent.channel": ("tests/consent",),
    "wracaj.consent.preferences": ("tests/consent",),
    "wracaj.store.step_records": (
        *STEPS,
        "tests/services/test_delivery_events.py",
        "tests/services/test_attribution.py",
    ),
    "reminder_step.send": (
        *STEPS,
        "tests/services/test_shared_browser.py",
        "tests/services/test_audiences.py",
    ),
    "wracaj.carts.same_person": ("tests/customers/test_identity.py",),
    "wracaj.customers.identity": ("tests/customers/test_identity.py",),
}
