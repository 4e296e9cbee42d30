"""The asynchronous middleware: the original, from which its synchronous twin is generated."""
