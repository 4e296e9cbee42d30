"""``python -m aiaas_mock`` is ``aiaas-mock``."""

from aiaas_mock.cli import main

main()
