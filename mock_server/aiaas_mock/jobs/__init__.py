"""Jobs: a queue in the store, and the worker of a server that runs what is in it."""
