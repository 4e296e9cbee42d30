"""Continue a text and show it as it comes.

Run it with AIAAS_API_KEY and AIAAS_BASE_URL set: python examples/generate.py [PROMPT]
"""

from __future__ import annotations

import asyncio
import sys

from aiaas import AsyncClient, StreamTruncatedError


async def main(prompt: str) -> None:
    """Print the prompt, what follows it, and what it cost."""
    print(prompt, end="", flush=True)
    async with AsyncClient(deadline_s=60) as client:
        try:
            async with client.text.generate_stream(
                prompt, max_tokens=80, temperature=0.7, seed=2
            ) as stream:
                async for token in stream:
                    print(token.text, end="", flush=True)
                answer = await stream.final()
        except StreamTruncatedError as error:
            print(f"\n[broken off after {error.events} tokens; request {error.request_id}]")
            raise SystemExit(1) from None
    print(f"\n[{answer.usage.completion_tokens} tokens, seed {answer.seed}, {answer.model}]")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "In the morning"))
