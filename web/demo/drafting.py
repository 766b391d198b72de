"""From the institute's summary to a translated note: submission, source, translation, review."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel import Locale

from web.demo import summary
from workflow.errors import Conflict, Unavailable
from workflow.letters.intake import conversion

if TYPE_CHECKING:
    from web.demo.circulation import Run

KINDS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def language_name(language: str) -> str:
    """The English name of a language."""
    return Locale.parse(language).get_display_name("en") or language


class Drafting:
    """The first part of a run; each method is what one or two people do."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._text = run.data.note
        self._path = ""

    def submit(self) -> str:
        """The chair institute uploads its summary and submits it; gives the draft's reference."""
        run, enclosed = self._run, self._text["enclosure"]
        institute = run.as_("submits")
        upload = self._upload()
        if upload["pages"] != enclosed["pages"]:
            run.faults.append(
                f"The enclosure has {upload['pages']} pages; expected were {enclosed['pages']}."
            )
        body = {
            name: self._text[name]
            for name in ("kind", "series", "marking", "source_language", "titles", "slots")
        }
        body["enclosures"] = [
            {"upload": upload["id"], "titles": enclosed["titles"], "language": enclosed["language"]}
        ]
        note = institute.send("POST", "/notes", body)
        self._path = f"/notes/{note['reference']}"
        run.say(
            f"Submitted by {institute.who} as {note['reference']}: {note['titles'][note['source_language']]}."
        )
        return str(note["reference"])

    def write_source(self) -> None:
        """The registry addresses the note, writes its text, releases it and names who translates."""
        run, people = self._run, self._text["people"]
        registry = run.as_("drafts")
        note = registry.get(self._path)
        note = registry.send(
            "PUT", f"{self._path}/recipients", {"revision": note["revision"], "members": None}
        )
        paragraphs = [{"text": text} for text in self._text["paragraphs"][note["source_language"]]]
        note = registry.send(
            "PATCH", f"{self._path}/source", {"revision": note["revision"], "paragraphs": paragraphs}
        )
        note = registry.send("POST", f"{self._path}/source/release", {"revision": note["revision"]})
        run.say(
            f"Written and released by {registry.who}: {len(paragraphs)} paragraphs, "
            f"addressed to {len(note['addressees'])} states."
        )
        for language, key in people["translators"].items():
            reviewer = run.people[people["reviewers"][language]].id
            note = registry.send(
                "PUT",
                f"{self._path}/versions/{language}/assignment",
                {"revision": note["revision"], "translators": [run.people[key].id], "reviewer": reviewer},
            )

    def translate(self) -> None:
        """Each translator writes and submits, each reviewer accepts; then the note is translated by itself."""
        run, people = self._run, self._text["people"]
        for language, key in people["translators"].items():
            translator = run.programs[key]
            version = f"{self._path}/versions/{language}"
            note = translator.get(self._path)
            for paragraph, text in zip(note["paragraphs"], self._text["paragraphs"][language], strict=True):
                seen = paragraph["texts"].get(language, {}).get("revision", 0)
                translator.send(
                    "PUT", f"{version}/paragraphs/{paragraph['id']}", {"revision": seen, "text": text}
                )
            translator.send("POST", f"{version}/submit")
            reviewer = run.programs[people["reviewers"][language]]
            note = reviewer.get(self._path)
            reviewer.send("POST", f"{version}/accept", {"revision": note["revision"]})
            run.say(
                f"Translated into {language_name(language)} by {translator.who}, accepted by {reviewer.who}."
            )
        registry = run.as_("drafts")
        if registry.get(self._path)["state"] != "translated":
            findings = registry.get(f"{self._path}/findings")["items"]
            raise Conflict(
                "demo-not-translated",
                "The note is not translated: %(why)s",
                why=" ".join(one["message"] for one in findings if one["severity"] == "error")
                or "a version is missing.",
            )
        counts = registry.get(f"{self._path}/findings")
        run.say(f"Language versions compared: {counts['errors']} differences, {counts['warnings']} warnings.")

    def _upload(self) -> Any:
        """Uploads the summary as DOCX, or as PDF where this machine converts none, and waits until it is frozen."""
        run, enclosed = self._run, self._text["enclosure"]
        blocks = summary.read(run.data.folder / enclosed["text"])
        try:
            conversion.check_ready("docx")
        except Unavailable as reason:
            run.say(f"The summary goes in as PDF: {reason.sentence}")
            kind, content = "pdf", summary.as_pdf(blocks)
        else:
            kind, content = "docx", summary.as_docx(blocks)
        institute = run.as_("submits")
        name = f"{Path(enclosed['name']).name}.{kind}"
        upload = institute.upload("/uploads", name, content, KINDS[kind])
        path = f"/uploads/{upload['id']}"
        run.wait("Freezing the enclosure", lambda: institute.get(path)["state"] != "pending")
        upload = institute.get(path)
        if upload["state"] == "refused":
            raise Conflict("demo-upload", "The summary was refused: %(why)s", why=upload["refusal"])
        run.say(f"Uploaded by {institute.who}: {name}, frozen, {upload['pages']} pages.")
        return upload
