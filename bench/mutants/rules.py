"""The modules whose rules are tested, and the tests that belong to each: quick ones, in memory."""

# The first file fails for most mutants. Only test_double_opt_in.py asks to confirm an opt-in.
STEPS = ("tests/steps/test_tries.py", "tests/steps", "tests/services/test_double_opt_in.py")
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
    "wracaj.store.step_records": ("tests/store/test_step_records.py", "tests/steps"),
    "wracaj.store.unsent": ("tests/steps/test_taken_back.py", "tests/steps"),
    "reminder_step.record": ("tests/steps/test_taken_back.py", *STEPS),
    "reminder_step.send": STEPS,
    "reminder_step.step": (*STEPS, "tests/services/test_product_views.py"),
    "wracaj.carts.same_person": ("tests/customers/test_identity.py",),
    "wracaj.customers.identity": ("tests/customers/test_identity.py",),
}
