"""Other people's protocols over the same services and models, for their clients unmodified.

Each is a leaf: it reads requests, has our own services answer them and writes the answers.
Nothing of the server knows of it but `app`.
"""
