"""The real product in virtual time, under faults: see docs/reliability.md."""
