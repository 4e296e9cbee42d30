"""Ways to say who asks: a key, a function that gives one, or OAuth 2.0 client credentials.

Run it with AIAAS_API_KEY, AIAAS_CLIENT_ID and AIAAS_BASE_URL set: python examples/auth.py
AIAAS_CLIENT_ID is the key's public id, which the server prints at its start: `keys: key_...`.
"""

import os

import aiaas

key = os.environ["AIAAS_API_KEY"]

# 1. A key that does not change.
with aiaas.Client(key) as client:
    print("key:", client.usage.retrieve().namespace)

# 2. A function, for keys that are rotated: called once a call, and again after a 401.
with aiaas.Client(lambda: os.environ["AIAAS_API_KEY"]) as client:
    print("function:", client.usage.retrieve().namespace)

# 3. Short-lived tokens, fetched with the first call, kept, and renewed before they end.
credentials = aiaas.OAuth2ClientCredentials(os.environ["AIAAS_CLIENT_ID"], key, scope="usage:read")
with aiaas.Client(credentials) as client:
    print("token:", client.usage.retrieve().namespace)
