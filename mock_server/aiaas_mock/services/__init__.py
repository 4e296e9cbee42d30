"""The domains: contract request and context in, contract response out; nothing of HTTP."""
