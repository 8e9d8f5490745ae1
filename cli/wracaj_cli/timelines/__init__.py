"""The timelines for marketers: reads and checks them, and shows them as a table and as a
picture."""
