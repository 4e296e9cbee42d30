"""The asynchronous client: the original, from which `aiaas._sync` is generated."""
