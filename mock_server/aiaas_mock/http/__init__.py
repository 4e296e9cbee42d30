"""HTTP: from the contract's table to routes; decode, answer, encode."""
