"""The demo's experiment: shoppers leave a cart, half of them get no mail about it, and the sums of
both halves are checked against what they did."""
