"""How well the concordance finds faults: correct notes, a generator of faults, and a score."""
