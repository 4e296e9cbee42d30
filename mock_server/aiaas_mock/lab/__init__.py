"""What makes the reference cloud a mock: namespaces to choose, clocks to steer, faults to make."""
