"""Repeat a write after a crash without doing it twice.

Run it with AIAAS_API_KEY and AIAAS_BASE_URL set: python examples/idempotency.py
"""

import uuid

import aiaas

# Your own record of what is to be done; its name is that of the call.
order = f"order-{uuid.uuid4().hex[:8]}"


def store_invoice(client: aiaas.Client) -> aiaas.File:
    """Store the invoice of the order, once, however often this runs."""
    return client.files.create(
        b"10 EUR\n",
        filename=f"{order}.txt",
        expires_after_s=3600,
        idempotency_key=f"invoice-of-{order}",
    )


with aiaas.Client() as client:
    first = store_invoice(client)
    print("stored", first.id)

# The program was restarted, and does not know how far it came.
with aiaas.Client() as client:
    again = store_invoice(client)
    print("the same:", again.id == first.id, "- a stored answer:", again.idempotent_replay)

    try:
        client.files.create(b"another invoice", idempotency_key=f"invoice-of-{order}")
    except aiaas.InvalidRequestError as error:
        print("the key for something else:", error.code)

    client.files.delete(first.id)
