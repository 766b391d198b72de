"""Enclosures: inspected before anything opens them, frozen as the PDF that is sent.

`inspect` is pure: bytes in, an `Inspection` or a refusal out, nothing written.
`freeze` makes the PDF: a PDF stays as it is, a picture becomes a page, a
document goes through LibreOffice in the sandbox.  The page, the API, the
workers and `chancery inspect` use these two functions and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from workflow.errors import InputRefused, Refusal
from workflow.letters.intake import (
    archive,
    cleaning,
    conversion,
    fonts,
    image,
    opc,
    opendocument,
    pdf,
    recognise,
    sandbox,
    scanner,
    spreadsheet,
    word,
)
from workflow.letters.intake.report import Finding, Frozen, Inspection, Limits, refused_json

__all__ = ["Finding", "Frozen", "Inspection", "Limits", "freeze", "inspect", "layers", "refused_json"]

Content = opc.Package | opendocument.OpenDocument | None


def inspect(
    data: bytes, filename: str, limits: Limits | None = None, *, environ: Mapping[str, str] | None = None
) -> Inspection:
    """Check a file by its content, before anything opens it.

    `filename` is compared with the content and used in sentences.  `environ` gives the variable
    `CHANCERY_CLAMD` (the process's own by default).  Raises InputRefused with the reason, the
    place and what to do next; Unavailable when a configured virus scanner is away.
    """
    return _guarded(data, filename, limits or Limits(), environ)[0]


def _guarded(
    data: bytes, filename: str, limits: Limits, environ: Mapping[str, str] | None
) -> tuple[Inspection, Content]:
    try:
        return _inspect(data, filename, limits, environ)
    except Refusal:
        raise
    except Exception as fault:
        # A hostile file must find no gap: what no check foresaw is refused like any damage.
        raise InputRefused(
            "damaged",
            "The file %(place)s cannot be read (%(fault)s). Open it in the program that made it, save it "
            "again and "
            "submit it again.",
            place=filename,
            fault=type(fault).__name__,
        ) from fault


def _inspect(
    data: bytes, filename: str, limits: Limits, environ: Mapping[str, str] | None
) -> tuple[Inspection, Content]:
    if not data:
        raise InputRefused("empty", "The file %(place)s is empty. Submit it again.", place=filename)
    if len(data) > limits.file_bytes:
        raise InputRefused(
            "too_large",
            "The file %(place)s has %(size)s bytes; %(limit)s are allowed. Make its pictures smaller or "
            "divide it.",
            place=filename,
            size=len(data),
            limit=limits.file_bytes,
        )
    scanner.scan(data, filename, environ)
    kind = recognise.kind_of(data)
    content: Content = None
    pages: int | None = None
    findings: list[Finding]
    if kind == "zip":
        kind, content, findings = _inspect_container(data, filename, limits)
    elif kind == "pdf":
        recognise.check_name(filename, kind)
        pages, findings = pdf.inspect(data, filename, limits)
    elif kind in ("png", "jpeg"):
        recognise.check_name(filename, kind)
        findings, pages = image.inspect(kind, data, filename, limits), 1
    else:
        raise recognise.refusal(data, filename, kind)
    digest = hashlib.sha256(data).hexdigest()
    return Inspection(filename, kind, len(data), digest, pages, tuple(findings)), content


def _inspect_container(data: bytes, filename: str, limits: Limits) -> tuple[str, Content, list[Finding]]:
    parts = archive.unpack(data, limits)
    kind = opendocument.kind_of(parts)
    if kind == "odt":
        recognise.check_name(filename, kind)
        text = opendocument.read(parts, limits)
        return kind, text, opendocument.inspect(text, limits)
    if kind is None and opc.TYPES in parts:
        package = opc.read(parts, limits)
        kind = package.kind
        if kind == "zip":
            raise InputRefused("content_type", opc.NO_DOCUMENT, place=opc.TYPES)
        if kind in ("docm", "xlsm"):
            raise InputRefused("macros", opc.MACROS, place=opc.TYPES)
        recognise.check_name(filename, kind)
        return kind, package, (word if kind == "docx" else spreadsheet).inspect(package, limits)
    raise recognise.refusal(data, filename, kind or "zip")


def freeze(
    data: bytes,
    filename: str,
    *,
    clean: bool = False,
    limits: Limits | None = None,
    environ: Mapping[str, str] | None = None,
) -> Frozen:
    """The PDF that is sent, counted and digested on exactly its bytes.

    `clean` says that the submitter agrees to a copy without tracked changes (accepted),
    comments and people's names; without it a file that has changes or comments is refused
    (`needs_consent`).  A PDF with nothing to remove keeps its bytes.  Raises InputRefused as
    `inspect` does and when no PDF can be made in time; Unavailable when LibreOffice is needed and
    absent, or cannot be kept from the network.
    """
    limits = limits or Limits()
    inspection, content = _guarded(data, filename, limits, environ)
    if inspection.needs_consent and not clean:
        raise InputRefused(
            "needs_consent",
            "The file %(place)s has tracked changes or comments. Remove them, or agree that it is frozen "
            "without them.",
            place=filename,
            details=tuple(finding.phrase for finding in inspection.needs_consent),
        )
    if inspection.kind == "pdf":
        return _freeze_pdf(data, inspection, clean, limits)
    if inspection.kind in ("png", "jpeg"):
        answer = pdf.in_child(
            "workflow.letters.intake.image_page:page_standard_input", data, filename, limits
        )
        return _frozen(answer, inspection.findings, "Chancery")
    program = conversion.check_ready(inspection.kind, environ)
    if isinstance(content, opendocument.OpenDocument):
        wanted = fonts.named(content.roots.values())
        copy = cleaning.copy_of_text(content, clean=clean)
    elif isinstance(content, opc.Package):
        wanted = fonts.named(content.roots.values())
        copy = cleaning.copy_of_package(content, clean=clean)
    made = conversion.convert(copy, inspection.kind, filename, limits, environ)
    answer = pdf.in_child("workflow.letters.intake.finishing:finish_standard_input", made, filename, limits)
    warnings = fonts.compare(wanted, answer["families"], answer["missing"], filename)
    return _frozen(answer, (*inspection.findings, *warnings), conversion.version(program))


def _freeze_pdf(data: bytes, inspection: Inspection, clean: bool, limits: Limits) -> Frozen:
    codes = {finding.code for finding in inspection.findings}
    if not clean or not codes & {"comments", "author"}:
        assert inspection.pages is not None
        return Frozen(data, inspection.pages, inspection.sha256, inspection.findings, "as submitted")
    if "signed" in codes:
        raise InputRefused(
            "signed",
            "The PDF %(place)s carries a signature, which would break if anything were removed from it. "
            "Submit it without comments, or agree to nothing being removed.",
            place=inspection.filename,
        )
    answer = pdf.in_child(
        "workflow.letters.intake.finishing:finish_standard_input", data, inspection.filename, limits
    )
    return _frozen(answer, inspection.findings, "Chancery")


def _frozen(answer: dict[str, Any], warnings: tuple[Finding, ...], by: str) -> Frozen:
    made = base64.b64decode(answer["pdf"])
    return Frozen(made, answer["pages"], hashlib.sha256(made).hexdigest(), warnings, by)


def layers(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Which of the three layers around an upload hold on this machine, for `chancery doctor`.

    `intake`: forbidden content is refused before anything opens it; `settings`: LibreOffice is there and runs
    with a profile that blocks links and macros; `isolation`: conversion has neither network nor credentials.
    The rest says how: `isolated_by`, `unprivileged`, `limits`, `libreoffice`, `converts` (and what it `lacks`: kind
    → Debian package) and `scanner`.
    """
    program = conversion.soffice(environ)
    kept = conversion.isolation(environ)
    sheltered = sandbox.shelter()
    return {
        "intake": True,
        "settings": program is not None,
        "isolation": kept in ("namespace", "worker"),
        "isolated_by": kept,
        "unprivileged": sheltered.user is not None or not sandbox.is_root(),
        "limits": sandbox.has_limits(),
        "libreoffice": conversion.version(program) if program else None,
        "converts": [
            kind for kind in conversion.FILTERS if program and kept and conversion.converts(kind, program)
        ],
        "lacks": {
            kind: package
            for kind, package in conversion.PACKAGES.items()
            if program and not conversion.converts(kind, program)
        },
        "scanner": scanner.configured(environ),
    }
