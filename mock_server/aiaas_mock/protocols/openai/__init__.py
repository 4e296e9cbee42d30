"""The part of OpenAI's protocol that there are models for: embeddings and chat completions."""
