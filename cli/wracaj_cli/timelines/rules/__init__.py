"""What a timeline must keep to, one module per kind of rule. Each yields Problems and
never raises."""
