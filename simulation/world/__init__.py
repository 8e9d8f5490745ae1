"""The world that the product runs in: AWS in memory, shops, time and faults, all from one seed."""
