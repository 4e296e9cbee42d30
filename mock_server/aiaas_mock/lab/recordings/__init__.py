"""Recordings: what a namespace, or a deployment behind it, answered; kept and given out again."""
