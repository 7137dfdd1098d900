from __future__ import annotations

import ipaddress
import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from testcontainers.core.config import ConnectionMode
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy

from .account import Account
from .admin import Admin
from .seeds import Seeds, all_of

_PORT = 4580
#: Made in the image for a volume.
_DATA = "/data"
#: The image runs as nobody in particular, who has to read them.
_READABLE = 0o444


class KinesisVideoContainer(DockerContainer):
    """An emulator in a container: ``with KinesisVideoContainer("kvs-emulator") as kvs``.

    The image is that of ``docker build -t kvs-emulator .``, or one from a registry. Options without a method here are set
    as in any container: ``with_env("KVS_STRICT", "true")``.
    """

    def __init__(self, image: str, **kwargs: object) -> None:
        super().__init__(image, **kwargs)  # type: ignore[arg-type]
        self.with_exposed_ports(_PORT)
        self._aliases: list[str] = []
        self._key = ("test", "test")

    def with_region(self, region: str) -> KinesisVideoContainer:
        return self._set("KVS_REGION", region)

    def with_account(self, account: str) -> KinesisVideoContainer:
        """12 digits. Of requests whose access key is no account itself."""
        return self._set("KVS_ACCOUNT", account)

    def with_auth(self, auth: str) -> KinesisVideoContainer:
        """What is asked of who signs: ``none``, ``sigv4`` or ``iam``."""
        return self._set("KVS_AUTH", auth)

    def with_credentials(self, credentials: Mapping[str, object]) -> KinesisVideoContainer:
        """Who may sign. The first access key is that of ``client_arguments``."""
        keys = credentials.get("accessKeys")
        if isinstance(keys, Sequence) and keys:
            self._key = (keys[0]["accessKeyId"], keys[0]["secretAccessKey"])
        return self.with_file("KVS_CREDENTIALS", "credentials.json", json.dumps(credentials))

    def with_admin_token(self, token: str) -> KinesisVideoContainer:
        return self._set("KVS_ADMIN_TOKEN", token)

    def with_limits(self, limits: str | Mapping[str, object]) -> KinesisVideoContainer:
        """A profile, or what the route takes."""
        if isinstance(limits, str):
            return self._set("KVS_LIMITS", limits)
        return self.with_file("KVS_LIMITS", "limits.json", json.dumps(limits))

    def with_faults(self, *faults: Mapping[str, object]) -> KinesisVideoContainer:
        """Rules that are there from the start, and again after a reset."""
        return self.with_file("KVS_FAULTS", "faults.json", json.dumps(faults))

    def with_seed(self, seed: Seeds) -> KinesisVideoContainer:
        """What is there from the start, and again after a reset: a seed, or the path of a file or of a folder of them.

        Recordings that it names, by their paths from here or from that file, are copied along.
        """
        for at, one in enumerate(all_of(seed)):
            self.with_file("KVS_SEED", f"seed/{at:05}.json", json.dumps(one))
        return self._set("KVS_SEED", "/etc/kvs-emulator/seed")

    def with_clock(self, mode: str, start_time: str | None = None) -> KinesisVideoContainer:
        self._set("KVS_CLOCK", mode)
        return self if start_time is None else self._set("KVS_START_TIME", start_time)

    def with_data(self, volume_or_folder: str | Path) -> KinesisVideoContainer:
        """The name of a volume, or a folder of this machine that is made if need be.

        All that the emulator has is kept there, and is there again for the next container. Files in the folder belong to
        whom it belongs to.
        """
        source = str(volume_or_folder)
        if not re.fullmatch(r"\w[\w.-]*", source):
            folder = Path(source).absolute()
            folder.mkdir(parents=True, exist_ok=True)
            source = str(folder)
            if hasattr(os, "getuid"):
                owner = folder.stat()
                self._kwargs["user"] = f"{owner.st_uid}:{owner.st_gid}"
        self.with_volume_mapping(source, _DATA, "rw")
        return self._set("KVS_DATA_DIR", _DATA)

    def with_tls(self, cert: str, key: str) -> KinesisVideoContainer:
        """A certificate chain and its key, PEM."""
        return self.with_file("KVS_TLS_CERT", "cert.pem", cert).with_file("KVS_TLS_KEY", "key.pem", key)

    def with_file(self, variable: str, name: str, content: str) -> KinesisVideoContainer:
        """A file in the container, and the variable of an option that gets its path."""
        target = f"/etc/kvs-emulator/{name}"
        self.with_copy_into_container(content.encode(), target, _READABLE)
        return self._set(variable, target)

    def with_network_aliases(self, *aliases: str) -> KinesisVideoContainer:
        self._aliases += aliases
        super().with_network_aliases(*aliases)
        return self

    def start(self) -> KinesisVideoContainer:
        # It answers to the names by which containers of the same network reach it, and has certificates for them.
        if self._aliases:
            self._named("KVS_ALLOWED_HOSTS", *self._aliases)
        for host in self._hosts():
            self._name_host(host)
        self.waiting_for(HttpWaitStrategy(_PORT, "/_kvs/health").for_status_code(200))
        super().start()
        return self

    @property
    def url(self) -> str:
        """The endpoint of AWS clients on this machine."""
        return f"http://{self.get_container_host_ip()}:{self.get_exposed_port(_PORT)}"

    @property
    def secure_url(self) -> str:
        """The same over HTTPS. Clients have to trust ``admin.ca()``."""
        return self.url.replace("http:", "https:", 1)

    @property
    def network_url(self) -> str:
        """The endpoint of AWS clients in containers of the same network."""
        if not self._aliases:
            raise ValueError('No other container has a name for it: with_network_aliases("kvs") gives it one.')
        return f"http://{self._aliases[0]}:{_PORT}"

    @property
    def region(self) -> str:
        return str(self.env.get("KVS_REGION", "us-east-1"))

    @property
    def account_id(self) -> str:
        """That of ``client_arguments``, if their access key is not an account itself."""
        return str(self.env.get("KVS_ACCOUNT", "000000000000"))

    @property
    def client_arguments(self) -> dict[str, str]:
        """What a client of boto3 is made with."""
        key, secret = self._key
        return {
            "endpoint_url": self.url,
            "region_name": self.region,
            "aws_access_key_id": key,
            "aws_secret_access_key": secret,
        }

    @property
    def admin(self) -> Admin:
        return Admin(self.url, token=self.env.get("KVS_ADMIN_TOKEN"))

    def account(self, region: str | None = None) -> Account:
        """A fresh one, which nobody else uses."""
        return Account.fresh(self.url, region or self.region)

    def _set(self, variable: str, value: str) -> KinesisVideoContainer:
        self.with_env(variable, value)
        return self

    def _named(self, variable: str, *names: str) -> None:
        before = str(self.env.get(variable, "")).split(",")
        self.with_env(variable, ",".join(dict.fromkeys(name for name in (*before, *names) if name)))

    def _hosts(self) -> list[str]:
        """How clients here will call it: by the engine's machine, or from inside a container by the gateway of its network."""
        docker = self.get_docker_client()
        if docker.get_connection_mode() != ConnectionMode.gateway_ip:
            return [docker.host()]
        network = docker.client.networks.get(self._network.name if self._network else "bridge")
        return [one["Gateway"] for one in network.attrs["IPAM"]["Config"] or [] if "Gateway" in one]

    def _name_host(self, host: str) -> None:
        try:
            if ipaddress.ip_address(host).version == 4:
                self._named("KVS_TLS_NAMES", host)
        except ValueError:
            self._named("KVS_ALLOWED_HOSTS", host)
