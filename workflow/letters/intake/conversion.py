"""LibreOffice in the sandbox: a checked document in, a PDF out.

Each conversion has a process, a profile and a folder of its own.  LibreOffice
ends with 0 when it failed, so only its output counts.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

from workflow.errors import InputRefused, Unavailable
from workflow.letters.intake import sandbox
from workflow.letters.intake.report import Limits

FILTERS = {
    "docx": ("MS Word 2007 XML", "writer_pdf_Export"),
    "odt": ("writer8", "writer_pdf_Export"),
    "xlsx": ("Calc MS Excel 2007 XML", "calc_pdf_Export"),
}
PACKAGES = {
    "docx": "libreoffice-writer-nogui",
    "odt": "libreoffice-writer-nogui",
    "xlsx": "libreoffice-calc-nogui",
}
# The library that each kind needs, to tell an absent part from a document that cannot be read.
LIBRARIES = {"docx": "libswlo.so", "odt": "libswlo.so", "xlsx": "libsclo.so"}
# PDF/A-2b carries its fonts with it; forms, notes and placeholders stay out.
EXPORT = {
    "SelectPdfVersion": ("long", "2"),
    "UseTaggedPDF": ("boolean", "true"),
    "ExportFormFields": ("boolean", "false"),
    "ExportNotes": ("boolean", "false"),
    "ExportPlaceholders": ("boolean", "false"),
    "ExportBookmarks": ("boolean", "true"),
}
# Settings of the private profile: path, name, value.  Links are never updated (Writer 0, Calc 1), macros
# never run, nothing is loaded from an address that a document names.
SETTINGS = (
    ("/org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("/org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("/org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("/org.openoffice.Office.Common/Security/Scripting", "RemovePersonalInfoOnSaving", "true"),
    ("/org.openoffice.Office.Common/Security", "LoadExoticFileFormats", "0"),
    ("/org.openoffice.Office.Common/Misc", "UseLocking", "false"),
    ("/org.openoffice.Office.Writer/Content/Update", "Link", "0"),
    ("/org.openoffice.Office.Calc/Content/Update", "Link", "1"),
    ("/org.openoffice.Office.Java/VirtualMachine", "Enable", "false"),
    ("/org.openoffice.Office.Recovery/AutoSave", "Enabled", "false"),
)
ALLOW = "CHANCERY_ALLOW_UNISOLATED_CONVERSION"
WORKER = "CHANCERY_CONVERSION_WORKER"
SOFFICE = "CHANCERY_SOFFICE"


def soffice(environ: Mapping[str, str] | None = None) -> str | None:
    """The path of LibreOffice, or None; `CHANCERY_SOFFICE` names another one."""
    named = (os.environ if environ is None else environ).get(SOFFICE, "").strip()
    if named:
        return named if os.access(named, os.X_OK) else None
    return next(
        (path for name in ("soffice", "libreoffice") if (path := shutil.which(name, path=sandbox.PATH))), None
    )


def converts(kind: str, program: str) -> bool:
    """Whether the installed LibreOffice has the part that reads this kind."""
    folder = Path(program).resolve().parent
    if not (folder / "libsofficeapp.so").exists() and not (folder / "libmergedlo.so").exists():
        return True  # Not a LibreOffice of the usual layout: its output will tell.
    return (folder / LIBRARIES[kind]).exists()


@functools.cache
def version(program: str) -> str:
    """The name and version of LibreOffice as it says itself, or "LibreOffice" where it says nothing."""
    try:
        ended = sandbox.run(
            [program, "--version"], sandbox.shelter(), seconds=20, memory_bytes=10**9, file_bytes=10**6
        )
    except (sandbox.TookTooLong, OSError):
        return "LibreOffice"
    words = ended.output.decode("utf-8", "replace").split()
    return " ".join(words[:2]) or "LibreOffice"


def isolation(environ: Mapping[str, str] | None = None) -> str | None:
    """What keeps a conversion from network and credentials.

    `namespace`, `worker`, `allowed` (nothing does, and the operator accepts it), or
    None: then no document is converted.
    """
    variables = os.environ if environ is None else environ
    if sandbox.shelter().no_network:
        return "namespace"
    if variables.get(WORKER, "").strip() == "isolated":
        return "worker"
    return "allowed" if variables.get(ALLOW, "").strip() == "1" else None


def check_ready(kind: str, environ: Mapping[str, str] | None = None) -> str:
    """The path of LibreOffice if a file of this kind may be converted here.

    Raises Unavailable saying what to install or to allow.
    """
    program = soffice(environ)
    if program is None or not converts(kind, program):
        raise Unavailable(
            "libreoffice_missing",
            "A %(kind)s file cannot be made a PDF here, because LibreOffice is not installed for it. "
            "Submit a PDF, or ask the administrator to install the package %(package)s.",
            kind=kind.upper(),
            package=PACKAGES[kind],
        )
    if isolation(environ) is None:
        raise Unavailable(
            "conversion_not_isolated",
            "A %(kind)s file is not converted here, because this machine cannot keep the conversion from "
            "the network. "
            "Submit a PDF; or the administrator runs the isolated worker (%(worker)s=isolated) or allows it "
            "(%(allow)s=1).",
            kind=kind.upper(),
            worker=WORKER,
            allow=ALLOW,
        )
    return program


def convert(
    copy: bytes, kind: str, filename: str, limits: Limits, environ: Mapping[str, str] | None = None
) -> bytes:
    """The PDF that LibreOffice makes of a checked copy.

    Raises InputRefused `conversion_too_slow` or `conversion_failed`, Unavailable as `check_ready` does.
    """
    program = check_ready(kind, environ)
    sheltered = sandbox.shelter()
    with sandbox.private_folder(sheltered.user) as folder:
        source = folder / f"enclosure.{kind}"
        source.write_bytes(copy)
        source.chmod(0o644)
        _write_profile(folder / "profile" / "user", sheltered.user)
        opened, saved = FILTERS[kind]
        options = json.dumps({name: {"type": type_, "value": text} for name, (type_, text) in EXPORT.items()})
        try:
            ended = sandbox.run(
                [
                    program,
                    f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                    "--headless",
                    "--norestore",
                    "--nolockcheck",
                    "--nodefault",
                    "--nologo",
                    "--nofirststartwizard",
                    f"--infilter={opened}",
                    "--convert-to",
                    f"pdf:{saved}:{options}",
                    "--outdir",
                    str(folder),
                    str(source),
                ],
                sheltered,
                seconds=limits.conversion_seconds,
                memory_bytes=limits.memory_bytes,
                file_bytes=limits.unpacked_bytes,
                folder=folder,
                environment={"HOME": str(folder), "TMPDIR": str(folder), "SAL_USE_VCLPLUGIN": "svp"},
            )
        except sandbox.TookTooLong as late:
            raise InputRefused(
                "conversion_too_slow",
                "Making a PDF of %(place)s took longer than %(limit)s seconds and was stopped. "
                "Make the PDF in your own word processor and submit that.",
                place=filename,
                limit=round(limits.conversion_seconds),
            ) from late
        except OSError as fault:
            raise Unavailable(
                "libreoffice_missing",
                "A %(kind)s file cannot be made a PDF here, because LibreOffice does not start. "
                "Submit a PDF, or ask the administrator to install the package %(package)s.",
                kind=kind.upper(),
                package=PACKAGES[kind],
            ) from fault
        made = _output(folder / "enclosure.pdf", limits)
    if made is None:
        raise InputRefused(
            "conversion_failed",
            "No PDF could be made of %(place)s (LibreOffice ended with %(status)s). "
            "Make the PDF in your own word processor and submit that.",
            place=filename,
            status=ended.code,
        )
    return made


def _output(path: Path, limits: Limits) -> bytes | None:
    """The PDF, if it is an ordinary file of a sensible size: the folder was the child's to write."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    facts = os.fstat(descriptor)
    if not stat.S_ISREG(facts.st_mode) or facts.st_size > limits.unpacked_bytes:
        os.close(descriptor)
        return None
    with os.fdopen(descriptor, "rb") as stream:
        made = stream.read()
    return made if made.startswith(b"%PDF-") else None


def _write_profile(folder: Path, user: int | None) -> None:
    items = "".join(
        f'<item oor:path="{escape(path)}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{text}</value></prop></item>"
        for path, name, text in SETTINGS
    )
    folder.mkdir(parents=True)
    settings = folder / "registrymodifications.xcu"
    settings.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"{items}</oor:items>\n",
        encoding="utf-8",
    )
    if user is not None:
        for path in (folder.parent, folder, settings):
            os.chown(path, user, user)
