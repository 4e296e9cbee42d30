"""Store a file, list it, read it back and delete it.

Run it with AIAAS_API_KEY and AIAAS_BASE_URL set: python examples/files.py [FILE]
"""

import sys
import tempfile
from pathlib import Path

import aiaas

path = sys.argv[1] if len(sys.argv) > 1 else __file__

with aiaas.Client() as client, tempfile.TemporaryDirectory() as folder:
    # Streamed from the disk; a retry after a lost connection does not store it twice.
    stored = client.files.create(path, purpose="example", expires_after_s=3600)
    print("stored", stored.id, stored.filename, stored.size_bytes, "bytes", stored.sha256)

    for file in client.files.list(purpose="example"):
        print("listed", file.id, file.filename)

    # Written whole or not at all, and only if the checksum is right.
    copy = Path(folder, "copy")
    print("saved", client.files.content(stored.id).save(copy), "bytes")
    with client.files.content(stored.id) as content:
        print("read", sum(len(piece) for piece in content), "bytes piece by piece")

    print("deleted", client.files.delete(stored.id).deleted)
