"""The secretariat of any profile for tests: the same people as in `tests.office`, for the profile's own languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.office import PEOPLE, Office
from workflow.means import Means
from workflow.models import Account, Contact, Note
from workflow.operations import accounts, addressing, approval, directory, drafting, texts, translation


class Secretariat(Office):
    """People, members with one contact each, and notes of the profile that the means name."""

    def __init__(self, means: Means) -> None:
        self.means = means
        self.ids = {}
        with means.work() as work:
            directory.import_members(work, work.profile)
            self.codes = [member.code for member in directory.members_on(work.session, work.today())]
            languages = tuple(work.profile.languages)
            for name, roles in PEOPLE.items():
                known = languages if name in ("translator", "reviewer") else ()
                account = accounts.create(
                    work, f"{name}@secretariat.example", name.title(), roles, languages=known
                )
                self.ids[name] = account.id
        with means.work(self.registry) as work:
            for code in self.codes:
                directory.propose_contact(
                    work,
                    directory.find_member(work, code),
                    f"notes@{code.lower()}.example",
                    language=work.profile.source_language,
                    source="note of the mission",
                )
        with means.work(self.second_registry) as work:
            for contact in work.session.query(Contact):
                directory.confirm_contact(work, contact)

    def submit(self, submission: drafting.Submission) -> int:
        """A draft of the registry; gives its id."""
        with self.means.work(self.registry) as work:
            return drafting.submit(work, submission).id

    def complete(self, note_id: int, translations: Mapping[str, Sequence[str]]) -> None:
        """Addresses the note to all, releases its source, and has the other versions written and accepted."""
        with self.means.work(self.registry) as work:
            note = work.session.get_one(Note, note_id)
            if not note.addressees:
                addressing.set_recipients(work, note, None)
            drafting.release_source(work, note, None)
            for language in translations:
                people = {"translators": [self.ids["translator"]], "reviewer": self.ids["reviewer"]}
                translation.assign(work, note, None, language, **people)
        for language, written in translations.items():
            with self.means.work(self.translator) as work:
                note = work.session.get_one(Note, note_id)
                for paragraph, text in zip(texts.live_paragraphs(note), written, strict=True):
                    translation.save_paragraph(work, note, language, paragraph.id, text, 0)
                translation.submit_version(work, note, language)
            self.do("reviewer", translation.accept_version, note_id, language)

    def approve(self, note_id: int) -> str:
        """The director's approval of what stands; gives the number."""
        with self.means.work(self.director) as work:
            note = work.session.get_one(Note, note_id)
            seen = approval.preview(work, note)
            assert seen.objections == (), seen.objections
            approval.approve(work, note, None, digest=seen.digest, number=seen.number, day=seen.day)
            assert note.symbol is not None
            return note.symbol

    def person(self, name: str) -> str:
        """A person's name."""
        with self.means.look() as work:
            return work.session.get_one(Account, self.ids[name]).name
