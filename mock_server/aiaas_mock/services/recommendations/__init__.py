"""Recommendations: catalogue, users, events, and what is recommended from them."""
