"""Which setting wins: an argument, a profile that it names, the environment, the default profile.

Nothing is sent: python examples/configuration.py
"""

import os
import tempfile
from pathlib import Path

import aiaas

PROFILES = """
[profiles.default]
base_url = "https://ai.example.com"
api_key = "sk_mock_default_an-example-key"

[profiles.staging]
base_url = "https://staging.example.com"
api_key = "sk_mock_default_another-example"

[profiles.keyless]
base_url = "https://elsewhere.example.com"
"""


def address(base_url: str | None = None, profile: str | None = None) -> str:
    """Return where a client with these arguments would send its requests."""
    with aiaas.Client(base_url=base_url, profile=profile) as client:
        return client.base_url


with tempfile.TemporaryDirectory() as folder:
    path = Path(folder, "config.toml")
    path.write_text(PROFILES, "utf-8")
    os.environ["AIAAS_CONFIG"] = str(path)
    for name in ("AIAAS_BASE_URL", "AIAAS_API_KEY", "AIAAS_PROFILE"):
        os.environ.pop(name, None)

    print("the profile 'default':", address())
    os.environ["AIAAS_BASE_URL"] = "https://from-the-environment.example.com"
    os.environ["AIAAS_API_KEY"] = "sk_mock_default_of-the-environment"
    print("the environment:", address())
    print("a profile by its name:", address(profile="staging"))
    print("an argument:", address("https://argument.example.com", profile="staging"))

    # The key of the environment may be meant for another deployment than that of the profile.
    for profile in ("keyless", "production"):
        try:
            address(profile=profile)
        except aiaas.ConfigurationError as error:
            print("refused:", str(error).replace(str(path), "config.toml"))
