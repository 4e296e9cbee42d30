"""Lets ``python -m aiaas.cli`` do what ``aiaas`` does."""

from aiaas.cli import main

main()
