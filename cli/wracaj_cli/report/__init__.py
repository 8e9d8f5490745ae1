"""`wracaj report`: whether the messages pay off, read from the customers' accounts and the daily
counters."""
