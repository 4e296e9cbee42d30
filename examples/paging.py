"""Lists: items, whole pages, going on later; and what is around an answer.

Run it with AIAAS_API_KEY and AIAAS_BASE_URL set: python examples/paging.py
"""

import aiaas
from aiaas.contract.models import LIST, ListModelsRequest

with aiaas.Client() as client:
    # Items: the next page is fetched when its first item is needed.
    print("all:", ", ".join(model.id for model in client.models.list(limit=2)))

    # Pages: stop after one, keep where the next one starts, and go on another day.
    first = next(client.models.list(limit=2).pages())
    print("one page:", ", ".join(model.id for model in first.data))
    rest = client.models.list(limit=2, cursor=first.next_cursor)
    print("the rest:", ", ".join(model.id for model in rest))

    # The whole answer: status, headers, bytes; and its body as a type.
    response = client.raw.send(LIST, ListModelsRequest(limit=1))
    print(response.status, response.request_id, response.rate_limit, len(response.content), "bytes")
    print("parsed:", response.parse().data[0].name)
