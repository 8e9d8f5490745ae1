"""`wracaj backtest`: a shop's past with other timings.

Processes read the archive's objects and sort their rows by cart (`shuffle.py`). Then each shard of
carts is followed: the archived decisions are made again (`self_check.py`), and each timeline is
walked with the new timings (`walking.py`). What is found is added up (`tally.py`) and shown.
"""
