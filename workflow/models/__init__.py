"""The rows.  They hold facts and constraints, and know nothing of the operations."""

from workflow.models.account import Account, AccountRole, ApiToken, Delegation, MailChoice, OnceKey
from workflow.models.address import AddressCheck, CheckState, Mending
from workflow.models.attempt import Attempt
from workflow.models.audit import AuditEntry, AuditHead, EvidenceSeal
from workflow.models.delivery import (
    Delivery,
    Erasure,
    Event,
    Outgoing,
    PersonalData,
    RateBucket,
    Reminder,
    ReturnedMessage,
    SecondCopy,
)
from workflow.models.directory import Contact, ContactCertificate, Member, MemberName, Membership
from workflow.models.following import ReminderPlan, ReminderRung
from workflow.models.incoming import (
    IncomingChannel,
    IncomingCorrection,
    IncomingEntry,
    IncomingFile,
    IncomingKind,
    IncomingLink,
)
from workflow.models.memory import (
    GlossaryEntry,
    MachineSuggestion,
    MemoryPosting,
    MemoryTerm,
    MemoryUnit,
)
from workflow.models.note import Addressee, Note, Remark, RemarkTurn, Upload, Waiver
from workflow.models.notice import Notice, NoticeKind, NoticeState
from workflow.models.outcome import Approval, ApprovedRecipient, Dating, Document, RegisterEntry, Series
from workflow.models.run import LastRun, MailboxFault
from workflow.models.silence import SilenceExtension, SilenceObjection, SilenceOutcome, SilenceProcedure
from workflow.models.text import (
    Assignment,
    Enclosure,
    EnclosureVersion,
    LanguageVersion,
    Paragraph,
    ParagraphText,
    Revision,
)

__all__ = [
    "Account",
    "AccountRole",
    "AddressCheck",
    "Addressee",
    "ApiToken",
    "Approval",
    "ApprovedRecipient",
    "Assignment",
    "Attempt",
    "AuditEntry",
    "AuditHead",
    "CheckState",
    "Contact",
    "ContactCertificate",
    "Dating",
    "Delegation",
    "Delivery",
    "Document",
    "Enclosure",
    "EnclosureVersion",
    "Erasure",
    "Event",
    "EvidenceSeal",
    "GlossaryEntry",
    "IncomingChannel",
    "IncomingCorrection",
    "IncomingEntry",
    "IncomingFile",
    "IncomingKind",
    "IncomingLink",
    "LanguageVersion",
    "LastRun",
    "MachineSuggestion",
    "MailChoice",
    "MailboxFault",
    "Member",
    "MemberName",
    "Membership",
    "MemoryPosting",
    "MemoryTerm",
    "MemoryUnit",
    "Mending",
    "Note",
    "Notice",
    "NoticeKind",
    "NoticeState",
    "OnceKey",
    "Outgoing",
    "Paragraph",
    "ParagraphText",
    "PersonalData",
    "RateBucket",
    "RegisterEntry",
    "Remark",
    "RemarkTurn",
    "Reminder",
    "ReminderPlan",
    "ReminderRung",
    "ReturnedMessage",
    "Revision",
    "SecondCopy",
    "Series",
    "SilenceExtension",
    "SilenceObjection",
    "SilenceOutcome",
    "SilenceProcedure",
    "Upload",
    "Waiver",
]
