"""``aiaas-mock openapi``: the contract as a document."""

from __future__ import annotations

import json

import click

from aiaas.contract.openapi import build_document


@click.command()
def openapi() -> None:
    """Print the OpenAPI 3.1 document of the contract."""
    click.echo(json.dumps(build_document(), indent=2, ensure_ascii=False))
