"""Settings in, what connections may take out: numbers, bytes and seconds."""

from __future__ import annotations

import resource
from dataclasses import dataclass

from calcigraph.settings import Settings

# Connections that are taken beyond the limit, to ask for the health of the server.
FOR_HEALTH = 16


@dataclass(frozen=True)
class ConnectionLimits:
    """What connections may take; each as in `Settings`, where it is explained."""

    connections: int = Settings.connections
    idle_s: float = Settings.idle_seconds
    head_bytes: int = Settings.head_bytes
    head_fields: int = Settings.head_fields
    head_s: float = Settings.head_seconds
    body_bytes: int = Settings.body_bytes
    body_chunks: int = Settings.body_chunks
    body_s: float = Settings.body_seconds
    bodies_bytes: int = Settings.bodies_bytes
    least_rate: int = Settings.least_rate
    reader_s: float = Settings.reader_seconds
    unread_bytes: int = Settings.unread_bytes

    @classmethod
    def of(cls, settings: Settings, reserved: int) -> ConnectionLimits:
        """The limits that the settings ask for, as far as descriptors allow: `reserved` of them are for
        processes and files.

        A query in a form takes up to three bytes for each of its own.
        """
        allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if allowed == resource.RLIM_INFINITY:
            allowed = settings.connections + FOR_HEALTH + reserved
        return cls(
            connections=max(1, min(settings.connections, allowed - reserved - FOR_HEALTH)),
            idle_s=settings.idle_seconds,
            head_bytes=settings.head_bytes,
            head_fields=settings.head_fields,
            head_s=settings.head_seconds,
            body_bytes=max(settings.body_bytes, 3 * settings.query_bytes),
            body_chunks=settings.body_chunks,
            body_s=settings.body_seconds,
            bodies_bytes=settings.bodies_bytes,
            least_rate=settings.least_rate,
            reader_s=settings.reader_seconds,
            unread_bytes=settings.unread_bytes,
        )
