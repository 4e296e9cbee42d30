"""The journal of a namespace: what was asked, what was answered, and what became of it."""
