"""Sealing a PDF: PAdES baseline B-B, or B-T where a time-stamp server is configured (ETSI EN 319 142-1).

The seal certifies the document and allows no change after it (ISO 32000-1, 12.8.2.2, DocMDP level 1).
It is one incremental update: what stood there before stays byte for byte.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from pyhanko.pdf_utils.generic import DictionaryObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper

from workflow.errors import Unavailable
from workflow.letters.seal import field
from workflow.letters.seal.field import Spot

SECONDS = 15.0


@dataclass(frozen=True)
class Mark:
    """The visible mark: a PDF of one page of our own drawing, and where it stands."""

    drawing: bytes
    spot: Spot


def seal(
    pdf: bytes,
    signer: Signer,
    moment: datetime,
    *,
    words: str,
    mark: Mark | None = None,
    timestamper: TimeStamper | None = None,
) -> bytes:
    """The sealed PDF: `pdf` with one update behind it.

    `words` name the seal to a reader who does not see it.  Raises Unavailable where the token or
    the time-stamp server fails: nothing is then sealed.
    """
    writer = _Writer(io.BytesIO(pdf))
    field.add(writer, words, mark.spot if mark else None)
    sealer = _Sealer(
        PdfSignatureMetadata(
            field_name=field.NAME,
            subfilter=fields.SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
            md_algorithm="sha256",
        ),
        signer,
        timestamper=timestamper,
        stamp_style=_Appearance(mark.drawing) if mark else None,  # type: ignore[arg-type]
    )
    sealer.moment = moment
    try:
        sealed: bytes = sealer.sign_pdf(writer, existing_fields_only=True).getvalue()
    except (TimestampRequestError, OSError) as error:
        raise Unavailable(
            "timestamp-away",
            "The time-stamp server does not answer as it should (%(why)s), so nothing was sealed. It is tried again; "
            "check CHANCERY_SEAL_TIMESTAMP_URL if it lasts.",
            why=str(error) or type(error).__name__,
        ) from error
    except Exception as error:  # A token may fail in the middle, each kind in its own way.
        raise Unavailable(
            "seal-failed",
            "The seal could not be set (%(why)s). It is tried again; look at the token and its key if it lasts.",
            why=type(error).__name__,
        ) from error
    assert sealed.startswith(pdf)
    return sealed


@lru_cache(maxsize=4)
def timestamps(url: str) -> TimeStamper | None:
    """The client of a time-stamp server (RFC 3161 over HTTP), name and password in its URL; None without one.

    It is kept, since it asks once how large the server's answers are.
    """
    if not url:
        return None
    parts = urlsplit(url)
    given = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return RequestsHTTPTimeStamper(bare, timeout=SECONDS, auth=given)


class _Writer(IncrementalPdfFileWriter):
    """An update that leaves the document's own metadata as they are: sealing makes no other document."""

    def _update_meta(self) -> None:
        return None


class _Sealer(PdfSigner):
    """A signer by the clock that it is given; the library would look at the machine's."""

    moment: datetime

    def init_signing_session(self, *given: Any, **named: Any) -> Any:
        session = super().init_signing_session(*given, **named)
        session.system_time = self.moment
        return session


class _Appearance:
    """What the library asks for the look of the field: our drawing, as its only appearance."""

    def __init__(self, drawing: bytes) -> None:
        self._drawing = drawing

    def create_stamp(self, writer: Any, _box: Any, _words: Any) -> _Appearance:
        """Called by the library with the writer of the update."""
        self._writer = writer
        return self

    def apply_appearance(self, annotation: DictionaryObject) -> None:
        """Called by the library with the widget."""
        drawn = self._writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self._drawing)))
        annotation[pdf_name("/AP")] = DictionaryObject({pdf_name("/N"): drawn})
