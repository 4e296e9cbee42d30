"""Start the reference cloud, classify the example pictures through the SDK, print a table.

Run it with `make demo`, or with `python examples/demo.py` where `aiaas[server,cli]` is installed.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from aiaas import AiaasError, Client, ImageClassification
from aiaas.contract.system import READY

KEY = "sk_mock_demo_only-for-this-demo"
PHOTOS = Path(__file__).parent / "photos"
PICTURES = {
    "cat.jpg": None,
    "parrot.jpg": None,
    "hot_dog.jpg": None,
    "clothing_dress.jpg": "clothing",
    "clothing_shoes.jpg": "clothing",
    "fashion_ankle_boot.png": "fashion-resnet",
    "fashion_bag.png": "fashion-cnn",
}
"""Which picture goes to which model; None is the deployment's default."""


def main() -> None:
    """Show it all; exit with 1 when something went wrong."""
    console = Console()
    table = Table("picture", "labels and scores", "model", "ms", box=box.SIMPLE)
    try:
        with running_server(console) as url, Client(api_key=KEY, base_url=url) as client:
            for name, model in PICTURES.items():
                started = time.perf_counter()
                result = client.images.classify(PHOTOS / name, model=model, top_k=2)
                took_ms = (time.perf_counter() - started) * 1e3
                table.add_row(name, labels(result), str(result.model), f"{took_ms:.1f}")
            found = [model.id for model in client.models.list()]
    except (AiaasError, RuntimeError) as error:
        console.print(f"demo failed: {error}", style="red")
        raise SystemExit(1) from error
    console.print(table)
    console.print(f"models there: {', '.join(found)}; the server has stopped.", highlight=False)


def labels(result: ImageClassification) -> str:
    """Write the best labels in a line."""
    return ", ".join(f"{p.label.split(',')[0]} {p.score:.2f}" for p in result.predictions)


@contextmanager
def running_server(console: Console) -> Iterator[str]:
    """Run `aiaas-mock serve` on a free port, and stop it in the end."""
    command = [sys.executable, "-m", "aiaas_mock", "serve", "--port", "0", "--api-key", KEY]
    started = time.perf_counter()
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        url = announced_url(server)
        wait_until_ready(url)
        console.print(f"reference cloud on {url}, ready in {time.perf_counter() - started:.1f} s")
        yield url
    finally:
        server.terminate()
        server.communicate(timeout=20)


def announced_url(server: subprocess.Popen[str]) -> str:
    """Read the address from the first line that the server writes."""
    assert server.stderr is not None
    line = server.stderr.readline()
    if " on http://" not in line:
        raise RuntimeError(f"the server did not start: {line}{server.stderr.read()}")
    return line.split()[-1]


def wait_until_ready(url: str) -> None:
    """Wait until the default models are warm."""
    with Client(api_key=KEY, base_url=url, retries=0) as client:
        give_up = time.monotonic() + 30
        while time.monotonic() < give_up:
            try:
                client.request(READY)
            except AiaasError:
                time.sleep(0.05)
            else:
                return
    raise RuntimeError("the server was not ready after 30 s")


if __name__ == "__main__":
    main()
