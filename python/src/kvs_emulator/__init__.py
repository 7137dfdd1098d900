"""A local emulator of Amazon Kinesis Video Streams, for tests in Python."""

from .account import Account
from .admin import Admin, AdminError
from .emulator import Emulator, EmulatorError

__all__ = ["Account", "Admin", "AdminError", "Emulator", "EmulatorError", "KinesisVideoContainer"]


def __getattr__(name: str) -> object:
    # Only whoever uses it has testcontainers.
    if name == "KinesisVideoContainer":
        from .container import KinesisVideoContainer

        return KinesisVideoContainer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
