"""The words of every status: one key, one tone, one icon, one English word.

The word is a catalogue key; pages translate it when they show it.  The lines
that begin with "Translators:" go into the catalogues as remarks; Kazakh is to
be confirmed by the secretariat's translator.  In Russian a note is feminine,
a number and a text are masculine.

Tones (one meaning a colour): `wait` nothing yet, `move` under way, `done`,
`care` look here, `stop` a person must act, `hand` by a person's word, `void`
ended.
"""

from __future__ import annotations

from dataclasses import dataclass


def N_(text: str) -> str:
    """Mark `text` for the catalogues without translating it now."""
    return text


@dataclass(frozen=True)
class Status:
    """How a status looks: tone of the chip, icon of the sprite, English word."""

    tone: str
    icon: str
    word: str


STATUSES = {
    # Translators: ru "Черновик", kk "Жоба".
    "draft": Status("wait", "pencil", N_("Draft")),
    # Translators: ru "Переведена", kk "Аударылды".
    "translated": Status("move", "translate", N_("Translated")),
    # Translators: ru "Утверждена", kk "Бекітілді".
    "approved": Status("done", "patch-check", N_("Approved")),
    # Translators: ru "Отправлена", kk "Жіберілді".
    "dispatched": Status("done", "send-check", N_("Dispatched")),
    # Translators: ru "Отозвана", kk "Кері қайтарылды".
    "withdrawn": Status("void", "slash-circle", N_("Withdrawn")),
    # Translators: of a number; ru "Аннулирован", kk "Күші жойылған".
    "void": Status("void", "slash-circle", N_("Void")),
    # Translators: of a language version; ru "Ожидает", kk "Күтуде".
    "waiting": Status("wait", "hourglass", N_("Waiting")),
    # Translators: ru "В работе", kk "Орындалуда".
    "in_progress": Status("move", "pencil-square", N_("In progress")),
    # Translators: ru "На проверке", kk "Тексеруде".
    "submitted": Status("move", "inbox", N_("Submitted")),
    # Translators: of a text; ru "Принят", kk "Қабылданды".
    "accepted": Status("done", "check-lg", N_("Accepted")),
    # Translators: of a paragraph's translation; ru "Устарел", kk "Ескірген".
    "stale": Status("care", "arrow-repeat", N_("Stale")),
    # Translators: of a note; ru "Возвращена", kk "Қайтарылды".
    "sent_back": Status("care", "arrow-return-left", N_("Sent back")),
    # Translators: ru "Не отправлена", kk "Жіберілмеді".
    "not_sent": Status("wait", "hourglass", N_("Not sent")),
    # Translators: of a note on paper; ru "К вручению", kk "Тапсырылуға тиіс".
    "to_hand": Status("hand", "inbox", N_("To be handed over")),
    # Translators: ru "В пути", kk "Жолда".
    "in_transit": Status("wait", "send", N_("In transit")),
    # Translators: ru "Доставлена", kk "Жеткізілді".
    "reached": Status("move", "envelope", N_("Reached")),
    # Translators: ru "Скачана", kk "Жүктеп алынды".
    "downloaded": Status("move", "download", N_("Downloaded")),
    # Translators: ru "Получение подтверждено", kk "Алынғаны расталды".
    "acknowledged": Status("done", "check2-all", N_("Acknowledged")),
    # Translators: ru "За государство, по документу", kk "Мемлекет атынан".
    "on_behalf": Status("hand", "person-check", N_("On behalf")),
    # Translators: ru "Допущено с обоснованием", kk "Негіздемемен рұқсат етілді".
    "waived": Status("hand", "pen", N_("Waived")),
    # Translators: ru "Не доставлена", kk "Жеткізілмеді".
    "undeliverable": Status("stop", "x-octagon", N_("Undeliverable")),
    # Translators: ru "Задерживается", kk "Кешігуде".
    "delayed": Status("care", "clock-history", N_("Delayed")),
    # Translators: ru "Исход неизвестен", kk "Нәтижесі белгісіз".
    "unknown": Status("care", "question-circle", N_("Outcome unknown")),
    # Translators: of a delivery; ru "Приостановлена", kk "Тоқтатылды".
    "held": Status("care", "hourglass", N_("Held")),
    # Translators: ru "Просрочено", kk "Мерзімі өтті".
    "late": Status("stop", "alarm", N_("Late")),
    # Translators: ru "Срок сегодня", kk "Мерзімі бүгін".
    "due_today": Status("care", "calendar-event", N_("Due today")),
    # Translators: of something to do; ru "Срок", kk "Мерзімі".
    "due": Status("wait", "hourglass", N_("Due")),
    # Translators: ru "На утверждение", kk "Бекітуге".
    "to_approve": Status("move", "translate", N_("To approve")),
    # Translators: ru "На проверку", kk "Тексеруге".
    "to_review": Status("move", "inbox", N_("To review")),
    # Translators: of a text; ru "Предложение машины", kk "Машина ұсынысы".
    "machine": Status("care", "cpu", N_("Machine suggestion")),
    # Translators: of a finding; ru "Ошибка", kk "Қате".
    "error": Status("stop", "x-octagon", N_("Error")),
    # Translators: of a finding; ru "Предупреждение", kk "Ескерту".
    "warning": Status("care", "exclamation-triangle", N_("Warning")),
    # Translators: of a new contact that waits for a second person; ru "На карантине", kk "Карантинде".
    "quarantine": Status("care", "people", N_("Waits for a second person")),
    # Translators: of a changed contact whose address is being asked; ru "Ждёт ответа адресата", kk "Мекенжай жауабын күтуде".
    "asked": Status("care", "envelope", N_("Waits for the address’s answer")),
    # Translators: of a contact or an account; ru "Действует", kk "Қолданыста".
    "in_force": Status("done", "check-lg", N_("In force")),
    "not_yet": Status("wait", "hourglass", N_("Not yet valid")),
    "over": Status("stop", "alarm", N_("No longer valid")),
    # Translators: of a contact, a delegation or an account; ru "Завершено", kk "Аяқталды".
    "ended": Status("void", "slash-circle", N_("Ended")),
    # Translators: of a proposal; ru "Отклонено", kk "Қабылданбады".
    "rejected": Status("void", "slash-circle", N_("Rejected")),
    # Translators: of a silence procedure; ru "Идёт", kk "Жүріп жатыр".
    "running": Status("move", "hourglass", N_("Under way")),
    # Translators: of a silence procedure; ru "Принято", kk "Қабылданды".
    "adopted": Status("done", "check-lg", N_("Adopted")),
    # Translators: of a silence procedure with an objection; ru "Есть возражения", kk "Қарсылық бар".
    "objected": Status("stop", "x-octagon", N_("Objected to")),
    # Translators: of a silence procedure; ru "Умолчание нарушено", kk "Үнсіздік бұзылды".
    "broken": Status("stop", "x-octagon", N_("Silence broken")),
    # Translators: of a silence procedure or a reminder; ru "Отменено", kk "Тоқтатылды".
    "cancelled": Status("void", "slash-circle", N_("Called off")),
    # Translators: of a state's time; ru "Срок идёт", kk "Мерзім жүріп жатыр".
    "time_runs": Status("wait", "hourglass", N_("Time runs")),
    # Translators: of a state's time; ru "Срок истёк", kk "Мерзім аяқталды".
    "time_over": Status("done", "check-lg", N_("Time ended")),
    # Translators: of a state; ru "Ещё не получила", kk "Әлі жеткен жоқ".
    "unreached": Status("care", "exclamation-triangle", N_("Not yet reached")),
    # Translators: of an objection; ru "Учитывается", kk "Есепке алынады".
    "counts": Status("stop", "x-octagon", N_("Counts")),
    # Translators: of the current version that a state has; ru "Имеется", kk "Бар".
    "holds_yes": Status("done", "check-lg", N_("Has it")),
    # Translators: of the current version; ru "В пути", kk "Жолда".
    "holds_on_its_way": Status("wait", "send", N_("On its way there")),
    # Translators: of the current version; ru "Отсутствует", kk "Жоқ".
    "holds_no": Status("care", "exclamation-triangle", N_("Lacks it")),
    # Translators: of an incoming paper; ru "К исполнению", kk "Орындауға".
    "incoming_open": Status("move", "inbox", N_("To deal with")),
    # Translators: of an incoming paper; ru "Исполнен", kk "Орындалды".
    "incoming_settled": Status("done", "check-lg", N_("Dealt with")),
    # Translators: of an entry of a register; ru "Аннулирована", kk "Күші жойылған".
    "incoming_cancelled": Status("void", "slash-circle", N_("Cancelled")),
}

# What may be wrong with the post, the most urgent first.
TROUBLES = {
    "undeliverable": Status("stop", "x-octagon", N_("Undeliverable")),
    "contact_failed": Status("care", "x-octagon", N_("One contact failed")),
    "reminder_failed": Status("care", "x-octagon", N_("Reminder refused")),
    "mailbox": Status("stop", "inbox", N_("Returned mail is not read")),
    "fault": Status("stop", "exclamation-triangle", N_("Cannot be made")),
    "unknown": Status("stop", "question-circle", N_("Unknown a second time")),
    "gave_up": Status("stop", "alarm", N_("Put off too often")),
    "stopped": Status("care", "hourglass", N_("Dispatch stopped")),
    "held": Status("care", "hourglass", N_("Held")),
    "overdue": Status("stop", "alarm", N_("Not taken up")),
    "waiting": Status("wait", "question-circle", N_("Outcome unknown")),
    "no_report": Status("care", "clock-history", N_("No report")),
    "late": Status("care", "clock-history", N_("Delayed")),
    "address": Status("stop", "x-octagon", N_("Address contested")),
    "expiring": Status("care", "calendar-event", N_("Certificate ends")),
    "returned": Status("care", "inbox", N_("Returned mail")),
}
# The one next act of each trouble.
TROUBLE_ACTS = {
    "mend": N_("Have it put right, then look at what came back"),
    "settle": N_("Settle the address"),
    "correct": N_("Correct the address"),
    "retry": N_("Put it right, then try again"),
    "remind": N_("Try it again, or ask the state"),
    "decide": N_("Ask the contact, then decide"),
    "go_on": N_("Let it go on, or end it"),
    "look": N_("See what stands still"),
    "wait": N_("Wait for the report"),
    "ask": N_("Ask the contact"),
    "renew": N_("Ask for a new certificate"),
    "read": N_("Read and settle it"),
}

# What a certificate's key may be used for (RFC 5280, section 4.2.1.3).
KEY_USAGES = {
    "digital_signature": N_("digital signature"),
    "content_commitment": N_("proof of origin (non-repudiation)"),
    "key_encipherment": N_("key encipherment"),
    "data_encipherment": N_("data encipherment"),
    "key_agreement": N_("key agreement"),
    "key_cert_sign": N_("certificate signing"),
    "crl_sign": N_("signing of revocation lists"),
}

TONES = {
    "wait": N_("Nothing yet"),
    "move": N_("Under way"),
    "done": N_("Done"),
    "care": N_("Look here"),
    "stop": N_("Stopped"),
    "hand": N_("By a person’s word"),
    "void": N_("Ended"),
}

# The rungs of the ladder, lowest first, and what is said of one that is not reached.
RUNGS = {
    "in_transit": (N_("In transit"), N_("not sent")),
    "reached": (N_("Reached"), N_("not reached")),
    "downloaded": (N_("Downloaded"), N_("not downloaded")),
    "acknowledged": (N_("Acknowledged"), N_("not acknowledged")),
}

MARKINGS = {
    "unclassified": N_("Unclassified"),
    "official": N_("Official use"),
    "restricted": N_("Restricted"),
}
STANDINGS = {"authentic": N_("Authentic"), "courtesy": N_("Courtesy version")}
ROLES = {
    "chair_institute": N_("Chair institute"),
    "registry": N_("Registry"),
    "translator": N_("Translator"),
    "reviewer": N_("Reviewer"),
    "director": N_("Director"),
    "administrator": N_("Administrator"),
}
CONTACT_ROLES = {"to": N_("To"), "cc": N_("Copy"), "escalation": N_("When silent")}
CHANNELS = {
    "mail": N_("Mail with attachments"),
    "link": N_("Mail with a link only"),
    "hand": N_("By hand"),
    "courier": N_("Courier"),
    "post": N_("Post"),
    "telephone": N_("Telephone"),
}
# What an incoming paper is, and how it came.
INCOMING_KINDS = {
    "reply": N_("Reply"),
    "objection": N_("Objection"),
    "acknowledgement": N_("Acknowledgement of receipt"),
    "request": N_("Request"),
    "other": N_("Other paper"),
}
INCOMING_CHANNELS = {
    "mail": N_("E-mail"),
    "hand": N_("By hand"),
    "courier": N_("Courier"),
    "post": N_("Post"),
    "telephone": N_("Telephone"),
}
# The fields of an incoming paper, as its corrections name them.
INCOMING_FIELDS = {
    "kind": N_("Kind"),
    "channel": N_("How it came"),
    "received_on": N_("Received"),
    "reference": N_("Sender’s number"),
    "dated": N_("Sender’s date"),
    "language": N_("Language"),
    "marking": N_("Marking"),
    "member": N_("State"),
    "contact": N_("Contact"),
    "notes": N_("Notes it is about"),
    "party": N_("Other sender"),
    "writer": N_("Who wrote"),
    "subject": N_("Subject"),
    "summary": N_("Summary"),
}
# How a note follows another, as its receivers read it.
RELATIONS = {
    "corrigendum": N_("Corrected by note %(number)s of %(date)s."),
    "addendum": N_("Supplemented by note %(number)s of %(date)s."),
    "revision": N_("Replaced by note %(number)s of %(date)s."),
    "withdrawal_notice": N_("Withdrawn by note %(number)s of %(date)s."),
}
# The same of a note that amends or replaces the one that was received.
RELATIONS_OF = {
    "revision": N_("%(what)s was replaced by note %(number)s of %(date)s."),
    "withdrawal_notice": N_("%(what)s was withdrawn by note %(number)s of %(date)s."),
}
DELEGATED = {"approve": N_("Approve"), "dispatch": N_("Dispatch")}


def status(key: str) -> Status:
    """The look and word of a status; KeyError names a key that has none."""
    return STATUSES[key]
