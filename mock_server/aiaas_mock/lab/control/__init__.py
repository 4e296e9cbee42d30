"""The control plane ``/_mock/``: who may steer, and what answers."""
