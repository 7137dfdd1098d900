from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Account:
    """An account that nobody else uses. It is there with the first request that is signed for it."""

    endpoint: str
    account_id: str
    region: str = "us-east-1"

    @classmethod
    def fresh(cls, endpoint: str, region: str = "us-east-1") -> Account:
        return cls(endpoint, "".join(secrets.choice("0123456789") for _ in range(12)), region)

    @property
    def client_arguments(self) -> dict[str, Any]:
        """What a client of boto3 is made with: ``boto3.client("kinesisvideo", **account.client_arguments)``."""
        return {
            "endpoint_url": self.endpoint,
            "region_name": self.region,
            "aws_access_key_id": self.account_id,
            "aws_secret_access_key": "test",
        }

    @property
    def environment(self) -> dict[str, str]:
        """The same for programs that are configured by their environment."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_REGION": self.region,
            "AWS_ACCESS_KEY_ID": self.account_id,
            "AWS_SECRET_ACCESS_KEY": "test",
        }
