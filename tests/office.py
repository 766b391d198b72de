"""A small secretariat for tests: people of every role, members with contacts, notes in each state.

It uses the operations only, so a note that a test gets has come its way like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import typst

from workflow.means import Means
from workflow.models import Account, Contact, Note
from workflow.operations import (
    accounts,
    addressing,
    approval,
    directory,
    dispatch,
    documents,
    drafting,
    enclosing,
    intake,
    texts,
    translation,
)
from workflow.permissions import Actor
from workflow.states import NoteState

PEOPLE = {
    "chair": ("chair_institute",),
    "registry": ("registry",),
    "second_registry": ("registry",),
    "translator": ("translator",),
    "kazakh_translator": ("translator",),
    "reviewer": ("reviewer",),
    "director": ("director",),
    "second_director": ("director",),
    "administrator": ("administrator",),
}
MEMBERS = ("CN", "KZ", "MN", "TJ")
SLOTS = {
    "meeting": {"kind": "ordinal", "value": 4},
    "enclosed": {"kind": "term", "value": "summary"},
    "forum": {"kind": "term", "value": "ttf"},
}
SOURCE = (
    "forward herewith the {enclosed.title} of the {meeting} Meeting of the {forum}, prepared by the Chair of the Forum.",
    "The documents of the Meeting are available on the website of the Secretariat.",
)
TRANSLATIONS = {
    "ru": (
        "направить при этом {enclosed.accusative} {meeting.genitive} заседания {forum.genitive}, "
        "подготовленное председателем Форума.",
        "Документы заседания доступны на веб-сайте Секретариата.",
    ),
    "kk": (
        "осымен бірге {forum.genitive} төрағасы дайындаған {meeting} отырысының {enclosed.accusative}",
        "Отырыс құжаттары Хатшылықтың веб-сайтында қолжетімді.",
    ),
}


@cache
def pdf(pages: int = 2) -> bytes:
    """A clean PDF of so many pages."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "enclosure.typ"
        path.write_text(
            '#set document(title: "Summary")\n' + "Text of a page. #pagebreak()\n" * (pages - 1) + "The end."
        )
        return typst.compile(str(path))


class Office:
    """The secretariat; each person's `Actor` is an attribute of its name in PEOPLE."""

    def __init__(self, means: Means) -> None:
        self.means = means
        self.ids: dict[str, int] = {}
        with means.work() as work:
            directory.import_members(work, work.profile)
            for name, roles in PEOPLE.items():
                languages = {
                    "translator": ("ru",),
                    "kazakh_translator": ("kk",),
                    "reviewer": ("ru", "kk"),
                }.get(name, ())
                account = accounts.create(
                    work,
                    f"{name}@secretariat.example",
                    name.replace("_", " ").title(),
                    roles,
                    languages=languages,
                )
                self.ids[name] = account.id
        for code in MEMBERS:
            self.contact(code, f"notes@mfa.{code.lower()}.example")

    def __getattr__(self, name: str) -> Actor:
        if name not in PEOPLE:
            raise AttributeError(name)
        return self.actor(name)

    def actor(self, name: str) -> Actor:
        """The person as the operations see them now, with the delegations in force."""
        with self.means.look() as work:
            account = work.session.get_one(Account, self.ids[name])
            return accounts.actor_of(work.session, account, self.means.clock)

    def contact(self, code: str, address: str, **given: Any) -> int:
        """A confirmed contact of a member; gives its id."""
        given = {"language": "en", "source": "note verbale of the mission", **given}
        with self.means.work(self.actor("registry")) as work:
            identity = directory.propose_contact(work, directory.find_member(work, code), address, **given).id
        with self.means.work(self.actor("second_registry")) as work:
            directory.confirm_contact(work, work.session.get_one(Contact, identity))
        return identity

    def do(self, person: str, verb: Any, note_id: int, *args: Any, **kwargs: Any) -> Any:
        """Has a person do one operation on a note, in a transaction of its own."""
        with self.means.work(self.actor(person)) as work:
            return verb(work, work.session.get_one(Note, note_id), *args, **kwargs)

    def note(self, state: NoteState = NoteState.DRAFT, members: Sequence[str] = MEMBERS) -> int:
        """A note that has come as far as `state`; gives its id."""
        note_id = self.submitted()
        if state is NoteState.DRAFT:
            return note_id
        if state is NoteState.WITHDRAWN:
            self.do("registry", approval.withdraw, note_id, None, "The meeting was put off.")
            return note_id
        self.translated(note_id, members)
        if state is NoteState.TRANSLATED:
            return note_id
        self.approved(note_id)
        if state is NoteState.APPROVED:
            return note_id
        self.do("director", dispatch.dispatch, note_id, None)
        return note_id

    def submitted(self) -> int:
        """A draft as the chair institute submits it: a subject and an enclosure of two pages."""
        with self.means.work(self.actor("chair")) as work:
            upload = intake.upload(work, "summary.pdf", pdf())
            enclosed = enclosing.Enclosed(upload.id, {"en": "Summary"}, "en")
            submission = drafting.Submission({"en": "Summary of the Fourth Meeting"}, enclosures=[enclosed])
            return drafting.submit(work, submission).id

    def released(self, note_id: int, members: Sequence[str] = MEMBERS) -> None:
        """The registry writes and releases the source, sets addressees, and assigns the versions."""
        with self.means.work(self.actor("registry")) as work:
            note = work.session.get_one(Note, note_id)
            drafting.edit_source(work, note, None, paragraphs=[(None, one) for one in SOURCE], slots=SLOTS)
            addressing.set_recipients(work, note, None, members)
            drafting.release_source(work, note, None)
            for language, translator in (("ru", "translator"), ("kk", "kazakh_translator")):
                translation.assign(
                    work,
                    note,
                    None,
                    language,
                    translators=[self.ids[translator]],
                    reviewer=self.ids["reviewer"],
                )

    def written(self, note_id: int, language: str) -> None:
        """The translator writes every paragraph of a version and submits it."""
        person = "translator" if language == "ru" else "kazakh_translator"
        with self.means.work(self.actor(person)) as work:
            note = work.session.get_one(Note, note_id)
            for paragraph, words in zip(texts.live_paragraphs(note), TRANSLATIONS[language], strict=True):
                standing = texts.text_in(paragraph, language)
                revision = standing.revision if standing else 0
                translation.save_paragraph(work, note, language, paragraph.id, words, revision)
            translation.submit_version(work, note, language)

    def translated(self, note_id: int, members: Sequence[str] = MEMBERS) -> None:
        """Both versions written, submitted and accepted."""
        self.released(note_id, members)
        for language in TRANSLATIONS:
            self.written(note_id, language)
            self.do("reviewer", translation.accept_version, note_id, language)

    def approved(self, note_id: int, person: str = "director") -> None:
        """Approved by the director, and all documents made."""
        with self.means.look(self.actor(person)) as work:
            seen = approval.preview(work, work.session.get_one(Note, note_id))
        self.do(person, approval.approve, note_id, None, digest=seen.digest, number=seen.number, day=seen.day)
        self.make_documents()

    def make_documents(self) -> None:
        """What the worker does: makes every pending document."""
        with self.means.work() as work:
            for identity in documents.pending(work):
                documents.make(work, identity)

    def counts(self) -> dict[str, int]:
        """The number of rows of every table, to see that a refusal wrote nothing."""
        from sqlalchemy import func, select

        from workflow.db import Base

        with self.means.look() as work:
            return {
                table.name: work.session.scalar(select(func.count()).select_from(table)) or 0
                for table in Base.metadata.sorted_tables
            }

    def state(self, note_id: int) -> NoteState:
        """The state of a note."""
        with self.means.look() as work:
            return work.session.get_one(Note, note_id).state
