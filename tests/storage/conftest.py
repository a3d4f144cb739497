"""Fixtures of encrypted workspaces, whose passphrase costs little to try."""

import pytest

from core.storage import keys


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stretch passphrases of new headers a little only."""
    monkeypatch.setattr(keys, "COST", 1 << 10)
