"""How much the letters cost beside the bare libraries and other ways, in one run on one machine.

One letter in one language, warm: from the letter model to the bytes, as PDF and as DOCX; and the same
letter by bare Typst, bare python-docx on our slim base, python-docx on its own base, docxtpl, WeasyPrint
and LibreOffice.  Then the intake of a clean document of eight pages, before anything converts it.
Run: python -m bench.letters [rounds]
"""

from __future__ import annotations

import html
import io
import itertools
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import docx
import typst
from docx.shared import Mm, Pt

from workflow.letters import data_example, data_file, enclosure, note_docx, note_pdf, plain, profile
from workflow.letters.docx_base import base
from workflow.letters.letter import Letter

# Kind, the bare library beside it, and how many times its cost ours may be.
AIMS = (("DOCX", "DOCX, bare on our base", 1.3), ("PDF", "PDF, bare Typst", 1.5))
INTAKE_AIM_MS = 100
ROUNDS = 30
WARMING = 3
# LibreOffice starts anew each time; that takes seconds.
OFFICE_ROUNDS = 2
MOMENT = datetime(2024, 5, 16, tzinfo=UTC)
# The same text on the same page in the same faces of the same fonts, with none of the letter's parts.
BARE = """
#let parts = json(bytes(sys.inputs.parts))
#set document(title: parts.first().text)
#set page(width: 210mm, height: 297mm, margin: (left: 50mm, rest: 20mm))
#set text(font: json(bytes(sys.inputs.fonts)), size: 13pt, lang: sys.inputs.lang, hyphenate: false)
#set par(justify: true)
#for part in parts [
  #text(weight: part.weight, style: part.style, part.text.split("\\n").join(linebreak())) #parbreak()
]
"""
PAGE = """<!doctype html><html lang="{lang}"><title>{title}</title>
<style>@page {{ size: A4; margin: 20mm 20mm 20mm 50mm }} body {{ font: 12pt/16.5pt serif; text-align: justify }}
p {{ white-space: pre-line; margin: 0 0 7pt }}</style><body>{body}</body></html>"""


def write(letter: Letter, document: docx.document.Document) -> bytes:
    """The letter's texts through python-docx's own calls."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(letter.layout.width), Mm(letter.layout.height)
    section.left_margin, section.right_margin = Mm(letter.layout.start), Mm(letter.layout.end)
    document.core_properties.title = letter.title
    for block in letter.blocks:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(letter.layout.style(block.role).after)
        run = paragraph.add_run(plain.block_text(block))
        run.bold = letter.layout.style(block.role).bold
    return saved(document)


def saved(document: docx.document.Document) -> bytes:
    """The bytes of a document."""
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


class Ways:
    """Each way to make the letter, by name; those that are not installed are left out, and said to be."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "bare.typ").write_text(BARE, encoding="utf-8")
        self.compiler = typst.Compiler(
            input=str(folder / "bare.typ"), root=str(folder), ignore_system_fonts=True
        )
        self.ways: dict[str, Callable[[Letter], object]] = {
            "PDF, ours": note_pdf.render,
            "PDF, bare Typst": self.bare_pdf,
            "PDF, bare Typst, one face": lambda letter: self.bare_pdf(letter, one_face=True),
            "DOCX, ours": note_docx.render,
            "DOCX, bare on our base": lambda letter: write(letter, docx.Document(io.BytesIO(base(letter)))),
            "DOCX, python-docx": lambda letter: write(letter, docx.Document()),
        }
        self.missing = [
            name for name, add in (("docxtpl", self._docxtpl), ("WeasyPrint", self._weasyprint)) if not add()
        ]

    def bare_pdf(self, letter: Letter, *, one_face: bool = False) -> object:
        """The texts through Typst, with the same standards, in the faces that the letter has.

        Each face is a font to cut and embed.  In one face the text is the same, the file is not.
        """
        parts = []
        for block in letter.blocks:
            style = letter.layout.style(block.role)
            parts.append(
                {
                    "text": plain.block_text(block),
                    "weight": "bold" if style.bold and not one_face else "regular",
                    "style": "italic" if style.italic and not one_face else "normal",
                }
            )
        return self.compiler.compile(
            format="pdf",
            sys_inputs={
                "parts": json.dumps(parts, ensure_ascii=False),
                "fonts": json.dumps(letter.fonts),
                "lang": letter.language,
            },
            pdf_standards=["a-2a", "ua-1"],
            timestamp=MOMENT,
        )

    def _docxtpl(self) -> bool:
        try:
            from docxtpl import DocxTemplate
        except ImportError:
            return False
        template = docx.Document()
        template.add_paragraph("{%p for part in parts %}")
        template.add_paragraph("{{ part }}")
        template.add_paragraph("{%p endfor %}")
        template.save(str(self.folder / "template.docx"))

        def render(letter: Letter) -> bytes:
            made = DocxTemplate(self.folder / "template.docx")
            made.render({"parts": [plain.block_text(block) for block in letter.blocks]}, autoescape=True)
            target = io.BytesIO()
            made.save(target)
            return target.getvalue()

        self.ways["DOCX, docxtpl"] = render
        return True

    def _weasyprint(self) -> bool:
        try:
            import weasyprint
        except ImportError:
            return False

        def render(letter: Letter) -> object:
            body = "".join(f"<p>{html.escape(plain.block_text(block))}</p>" for block in letter.blocks)
            page = PAGE.format(lang=letter.language, title=html.escape(letter.title), body=body)
            return weasyprint.HTML(string=page).write_pdf(pdf_variant="pdf/ua-1")

        self.ways["PDF, WeasyPrint"] = render
        return True

    def office(self, letter: Letter) -> float | None:
        """The milliseconds that LibreOffice takes from our DOCX to a PDF; None where it is not installed."""
        program = shutil.which("soffice")
        if program is None:
            return None
        (self.folder / "note.docx").write_bytes(note_docx.render(letter))
        command = [program, "--headless", f"-env:UserInstallation=file://{self.folder}/office"]
        command += ["--convert-to", "pdf", "--outdir", str(self.folder), str(self.folder / "note.docx")]
        taken = []
        for _ in range(OFFICE_ROUNDS + 1):
            begun = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True, timeout=180)
            taken.append((time.perf_counter() - begun) * 1000)
        return min(taken[1:])


def fresh(letter: Letter, turn: int) -> Letter:
    """The letter with other texts: Typst keeps what it has laid out, so each round draws something new."""
    data = letter.to_json()
    data["blocks"] = [{**block, "text": f"{block['text']} {turn}"} for block in data["blocks"]]
    return Letter.from_json(data)


def measured(ways: dict[str, Callable[[Letter], object]], letter: Letter, rounds: int) -> dict[str, float]:
    """The median milliseconds of processor time of each way; they take turns, so that all are warm alike.

    The order of each turn is drawn anew, always the same way: whichever comes after a stranger finds the
    processor's caches cold, and whichever comes after its like finds them warm.  Each gets a text of its
    own, lest one lay out what another has left in Typst's memory.
    Whatever else the machine does takes none of this process's time.
    """
    taken: dict[str, list[float]] = {name: [] for name in ways}
    drawing, texts = random.Random(1), itertools.count()
    for _ in range(rounds + WARMING):
        for name in drawing.sample(list(ways), len(ways)):
            current = fresh(letter, next(texts))
            begun = time.process_time()
            ways[name](current)
            taken[name].append((time.process_time() - begun) * 1000)
    return {name: statistics.median(times[WARMING:]) for name, times in taken.items()}


def eight_pages() -> bytes:
    """A clean document of eight pages, as a chair institute writes it."""
    document = docx.Document()
    for page in range(8):
        document.add_heading(f"Session {page + 1}", 1)
        for number in range(9):
            document.add_paragraph(f"Participant {number} spoke of the matter before the meeting. " * 7)
        table = document.add_table(rows=3, cols=3)
        for row in table.rows:
            for cell in row.cells:
                cell.text = "figure"
        document.add_page_break()
    return saved(document)


def intake(rounds: int) -> float:
    """The median milliseconds of inspecting the document of eight pages."""
    data, taken = eight_pages(), []
    for _ in range(rounds):
        begun = time.process_time()
        enclosure.inspect(data, "summary.docx", environ={})
        taken.append((time.process_time() - begun) * 1000)
    return statistics.median(taken)


def main() -> int:
    """Prints every figure with its ratio to ours; 1 where an aim is missed."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    organisation = profile.load(profile.names()[0])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "note.toml"
        file.write_text(data_example.example(organisation), encoding="utf-8")
        letter = data_file.letters(organisation, data_file.load(file))[organisation.source_language]
        ways = Ways(Path(folder))
        results = measured(ways.ways, letter, rounds)
        # The aims are for warm renderers, so they are asked of each pair by itself: between slow
        # strangers cold caches cost both the same, which brings the ratio nearer to one.
        pairs = {
            kind: measured({name: ways.ways[name] for name in (f"{kind}, ours", other)}, letter, rounds)
            for kind, other, _ in AIMS
        }
        office = ways.office(letter)
    if office is not None:
        results["PDF, LibreOffice from DOCX"] = office
    missed = []
    for name, taken in sorted(results.items(), key=lambda one: (one[0][:3], one[1])):
        ours = results[f"{name.partition(',')[0]}, ours"]
        print(f"{name:28} {taken:9.2f} ms   {taken / ours:7.2f} × ours")
        if taken < ours and "bare" not in name:
            missed.append(f"{name} is faster than ours")
    for kind, other, aim in AIMS:
        ratio = pairs[kind][f"{kind}, ours"] / pairs[kind][other]
        print(f"{kind + ', ours / bare, warm':28} {ratio:9.2f}      (aim: at most {aim})")
        if ratio > aim:
            missed.append(f"{kind} costs {ratio:.2f} of bare")
    inspected = intake(rounds)
    print(f"Intake of 8 pages as DOCX    {inspected:9.2f} ms   (aim: at most {INTAKE_AIM_MS})")
    if inspected > INTAKE_AIM_MS:
        missed.append("the intake is slow")
    absent = ways.missing + (["LibreOffice"] if office is None else [])
    if absent:
        print(f"Not installed, so not measured: {', '.join(absent)}.")
    if missed:
        print(f"Missed: {'; '.join(missed)}.")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
