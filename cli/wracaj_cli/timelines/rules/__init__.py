"""The rules for timelines, one module per kind. Each rule yields Problems and never raises."""
