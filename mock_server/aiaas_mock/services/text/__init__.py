"""Texts: classes, vectors, what they hold, and texts that are written here."""
