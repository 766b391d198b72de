"""A version to hand out, and what programs make of it."""

from __future__ import annotations

from workflow.exchange import Handover, Standing, Unit

UNITS = (
    Unit(
        "opening",
        0,
        "The Office presents its compliments … and has the honour to",
        "Бюро свидетельствует … и имеет честь",
        standing=Standing.LOCKED,
    ),
    Unit(
        "p11",
        1,
        "forward the {enclosed} of the {meeting} Meeting & “more” <now>. Its documents are open.",
        reads={("source", "{meeting}"): "Ninth", ("source", "{enclosed}"): "summary"},
        forms={"meeting": ("genitive",), "enclosed": ("accusative", "genitive")},
        former_sources=frozenset({"forward the {enclosed}."}),
        notes=("Forms of {meeting}: {meeting} = девятый; {meeting.genitive} = девятого",),
    ),
    Unit(
        "p12",
        2,
        "See {url}, and write {{in braces}} or even {{meeting}}.",
        "См. {url}, и пишите {{в скобках}} или даже {{meeting}}.",
        3,
        Standing.DONE,
        forms={"url": ()},
        earlier={1: "", 2: "См. {url}", 3: "См. {url}, и пишите {{в скобках}} или даже {{meeting}}."},
    ),
    Unit(
        "p13",
        3,
        "The {meeting} Meeting ended on {held}.",
        "{held.genitive} {meeting} заседание завершилось.",
        1,
        Standing.STALE,
        forms={"meeting": ("genitive",), "held": ("genitive",)},
        former_sources=frozenset({"The {meeting} Meeting ended."}),
        earlier={1: "{held.genitive} {meeting} заседание завершилось."},
        notes=("The source changed.",),
    ),
    Unit("closing", 0, "The Office avails itself.", "Бюро пользуется случаем.", standing=Standing.LOCKED),
)
HANDOVER = Handover(
    "D-2026-0007", "Summary of the Ninth Meeting", "en", "ru", UNITS, removed=frozenset({"p9"})
)
FILES = {"xliff-2.1": "a.xlf", "xliff-1.2": "a.xlf", "docx": "a.docx"}
TRANSLATION = (
    "направить {enclosed.accusative} {meeting.genitive} заседания & «ещё» <сейчас>. Документы открыты."
)
