"""Certificates of contacts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from apiflask.fields import UploadFile
from pydantic import Field

from web.api.schemas.common import Input, Output, Text


class CertificateProposal(Input):
    """A certificate as a file (PEM, DER or PKCS#7), and the document that it comes from.

    `other_address` says that it is meant although it does not name the contact's address.
    """

    file: UploadFile
    document: UploadFile
    source: Annotated[
        Text, Field(min_length=1, max_length=2_000, examples=["Note verbale 12-3/45 of 3 March 2026"])
    ]
    other_address: bool = False


class Certificate(Output):
    """A certificate for encrypted mail; `digest` is its SHA-256, `serial` its number in hexadecimal.

    `usages` are those of RFC 5280 by their names; none says that the certificate does not limit them.
    """

    id: int
    state: Literal["proposed", "in_force", "ended", "rejected"]
    digest: str
    serial: str
    subject: str
    issuer: str
    chain: Annotated[list[str], Field(description="Whom the certificates above it are for.")]
    addresses: list[str]
    usages: list[str]
    not_before: datetime
    not_after: datetime
    other_address: bool
    source: str
    added_by: int
    added_at: datetime
    confirmed_by: int | None
    confirmed_at: datetime | None
    ended_by: int | None
    ended_at: datetime | None
    end_reason: str | None


class Certificates(Output):
    """The certificates of a contact, the newest first."""

    items: list[Certificate]
