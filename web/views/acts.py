"""What each act of the audit log is called, beside the actions that a person is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flask_babel import gettext

from workflow.errors import Phrase
from workflow.permissions import ACTION_WORDS

LOGGED: Mapping[str, Phrase] = MappingProxyType(
    {
        "keep_certificate": Phrase("keep a certificate that its contact objects to"),
        "add_certificate": Phrase("add a certificate"),
        "confirm_certificate": Phrase("confirm a certificate"),
        "propose_certificate": Phrase("propose a certificate"),
        "reject_certificate": Phrase("refuse a certificate"),
        "withdraw_certificate": Phrase("withdraw a certificate"),
        "add_incoming_files": Phrase("add files to an incoming paper"),
        "address_answer": Phrase("answer to the question about an address"),
        "cancel_deliveries": Phrase("call deliveries off"),
        "change_account": Phrase("change an account"),
        "change_contact": Phrase("change a contact"),
        "choose_locale": Phrase("choose a language of the interface"),
        "choose_mail": Phrase("choose what comes by mail"),
        "contact_in_force": Phrase("put a contact into force"),
        "create_account": Phrase("make an account"),
        "document": Phrase("make a document"),
        "drafted_by_rule": Phrase("draft a note by rule"),
        "end_certificate": Phrase("end a certificate"),
        "end_delegation": Phrase("end a delegation"),
        "evidence": Phrase("seal evidence"),
        "hold_deliveries": Phrase("hold deliveries"),
        "import_glossary": Phrase("bring a glossary in"),
        "import_members": Phrase("bring members in"),
        "import_memory": Phrase("bring a translation memory in"),
        "import_states": Phrase("bring states in"),
        "import_translation": Phrase("bring a translation in"),
        "issue_token": Phrase("issue a token"),
        "link_incoming": Phrase("relate an incoming paper to a note"),
        "link_objection": Phrase("relate an objection to its incoming paper"),
        "link_withdrawal": Phrase("relate the withdrawal of an objection to its incoming paper"),
        "open_series": Phrase("open a series"),
        "rebuild_memory": Phrase("build the translation memory anew"),
        "reject_contact": Phrase("refuse a contact"),
        "release_contact": Phrase("put an address in force by a person’s word"),
        "remark": Phrase("write a remark"),
        "remind": Phrase("remind"),
        "remove_concept": Phrase("take a concept out of the glossary"),
        "reopen_remark": Phrase("open a remark again"),
        "reply_to_remark": Phrase("reply to a remark"),
        "resume_deliveries": Phrase("resume deliveries"),
        "retry_deliveries": Phrase("try deliveries again"),
        "returned_waiting": Phrase("keep a returned message for a person"),
        "revoke_link": Phrase("revoke a personal link"),
        "revoke_token": Phrase("revoke a token"),
        "settle_remark": Phrase("settle a remark"),
        "silence_outcome": Phrase("end a silence procedure"),
        "upload": Phrase("take a file in"),
        "upload_frozen": Phrase("freeze a file"),
        "upload_refused": Phrase("refuse a file"),
    }
)
SUBJECTS: Mapping[str, Phrase] = MappingProxyType(
    {
        "note": Phrase("note %(number)s"),
        "contact": Phrase("contact %(number)s"),
        "upload": Phrase("file %(number)s"),
        "returned": Phrase("returned message %(number)s"),
        "account": Phrase("account %(number)s"),
        "incoming": Phrase("incoming paper %(number)s"),
    }
)


def act_words(name: str) -> str:
    """What an act of the log is called, in the reader's language; its own name where there are no words."""
    known = ACTION_WORDS.get(name) or LOGGED.get(name)
    return gettext(known) if known else name.replace("_", " ")


def sentence_case(words: str) -> str:
    """Words as a sentence begins; letters behind the first stay as they are."""
    return words[:1].upper() + words[1:]


def acts_saying(words: str) -> list[str]:
    """The acts whose words, in English or in the reader's language, have `words` in them."""
    return [
        name
        for name, said in {**LOGGED, **ACTION_WORDS}.items()
        if words in said.casefold() or words in gettext(said).casefold()
    ]


def subject_words(subject: str) -> str:
    """What an entry is about, such as `contact:7`, in the reader's language."""
    kind, _, number = subject.partition(":")
    known = SUBJECTS.get(kind)
    return gettext(known) % {"number": number} if known and number else subject.replace(":", " ")
