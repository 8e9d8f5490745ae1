"""What a month costs: measured counts times public prices."""
