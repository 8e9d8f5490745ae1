"""`wracaj report`: whether it pays. Read from the customers' accounts and the days' counters."""
