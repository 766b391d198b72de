"""Another organisation from its profile alone: yearly numbers, a signature, a document per addressee."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import SetClock, make_settings
from workflow.means import Means
from workflow.models import Account, Attempt, Contact, Delivery, Note
from workflow.operations import (
    accounts,
    addressing,
    approval,
    directory,
    dispatch,
    documents,
    drafting,
    mailing,
    texts,
    translation,
)
from workflow.permissions import Actor
from workflow.states import NoteState

PEOPLE = {
    "registry": ("registry", ()),
    "second": ("registry", ()),
    "translator": ("translator", ("fr",)),
    "reviewer": ("reviewer", ("fr",)),
    "director": ("director", ()),
}


@pytest.fixture
def means(database_url: str, tmp_path: Path, clock: SetClock) -> Iterator[Means]:
    """An installation of the river commission."""
    made = Means.of(make_settings(tmp_path, database_url=database_url, profile="veldana"), clock)
    yield made
    made.database.close()


def test_a_circular_letter_goes_out_with_a_document_per_addressee(means: Means) -> None:
    ids: dict[str, int] = {}
    with means.work() as work:
        directory.import_members(work, work.profile)
        codes = [member.code for member in directory.members_on(work.session, work.today())]
        for name, (role, languages) in PEOPLE.items():
            address = f"{name}@commission.example"
            ids[name] = accounts.create(work, address, name.title(), [role], languages=languages).id

    def actor(name: str) -> Actor:
        with means.look() as work:
            return accounts.actor_of(work.session, work.session.get_one(Account, ids[name]), means.clock)

    with means.work(actor("registry")) as work:
        for code in codes:
            member = directory.find_member(work, code)
            directory.propose_contact(
                work, member, f"water@{code.lower()}.example", language="fr", source="letter"
            )
    with means.work(actor("second")) as work:
        for contact in work.session.query(Contact):
            directory.confirm_contact(work, contact)
    with means.work(actor("registry")) as work:
        note = drafting.submit(
            work,
            drafting.Submission(
                {"en": "Levels of the lower reach", "fr": "Niveaux du cours inférieur"},
                paragraphs=["The levels are published each Monday."],
            ),
        )
        addressing.set_recipients(work, note, None)
        drafting.release_source(work, note, None)
        translation.assign(work, note, None, "fr", translators=[ids["translator"]], reviewer=ids["reviewer"])
        note_id, paragraph = note.id, texts.live_paragraphs(note)[0].id
    with means.work(actor("translator")) as work:
        note = work.session.get_one(Note, note_id)
        translation.save_paragraph(work, note, "fr", paragraph, "Les niveaux sont publiés chaque lundi.", 0)
        translation.submit_version(work, note, "fr")
    with means.work(actor("reviewer")) as work:
        translation.accept_version(work, work.session.get_one(Note, note_id), "fr")
    with means.work(actor("director")) as work:
        note = work.session.get_one(Note, note_id)
        seen = approval.preview(work, note)
        assert seen.objections == ()
        made = approval.approve(work, note, None, digest=seen.digest, number=seen.number, day=seen.day)
        assert note.symbol == "CL 2026/01"
        assert len(made.documents) == len(codes) * 2 * 2
    with means.work() as work:
        for identity in documents.pending(work):
            assert documents.make(work, identity).state == "ready"
    with means.work(actor("director")) as work:
        note = work.session.get_one(Note, note_id)
        dispatch.dispatch(work, note, None)
        assert note.state is NoteState.DISPATCHED
        assert all(item.good for item in documents.verify(work, note))
    with means.look() as work:
        for delivery in work.session.query(Delivery):
            assert len(delivery.documents) == 4
            attempt = Attempt(number=1, address=delivery.address, prepared_at=work.now(), token="t" * 32)
            raw = mailing.message(
                work, mailing.Parcels(), work.session.get_one(Note, note_id), delivery, attempt
            )
            assert raw.count(b"Content-Disposition: attachment") == 4
