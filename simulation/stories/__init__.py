"""Stories of shoppers, drawn from a seed: what they do, what their shop reports, and what reaches
us of it. Each story keeps its own truth, which the judge reads."""
