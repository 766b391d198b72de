"""Composing a letter: profile + shared values + paragraphs → the letter model.

Everything fixed (letterhead, formulas, labels, order) comes from the profile;
everything that must agree between the languages comes from the values; the
rest is the paragraphs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from workflow.errors import Invalid
from workflow.letters.blocks import Block, Letter
from workflow.letters.kinds import Kind, Language
from workflow.letters.organisation import Profile
from workflow.letters.paragraphs import body_blocks
from workflow.letters.slots import Values, fill, insert, plural
from workflow.letters.wording import ADDRESSEE_KINDS, LINKS, ORIGINS, AddresseeWords

__all__ = [
    "Addressee",
    "Block",
    "EnclosureFacts",
    "Letter",
    "Particulars",
    "Related",
    "Signatory",
    "compose",
    "format_code",
]

CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LocalText = str | Mapping[str, str]


@dataclass(frozen=True)
class EnclosureFacts:
    """What a letter says of one enclosure, for the version that it cites.

    `ordinal` counts from 1; `titles` are per language; `language` is that of
    the version cited (None: not stated); `pages` those of its frozen PDF;
    `origin` is "copy", "translated" (from `translated_from`), or None.
    """

    ordinal: int
    titles: Mapping[str, str]
    language: str | None
    pages: int
    origin: str | None = None
    translated_from: str | None = None


@dataclass(frozen=True)
class Addressee:
    """To whom one letter goes.

    `kind` is collective, state, mission or person; `group` names the class of
    the profile that words it (None: that of the kind of letter); `member` is
    the state; `name` and `lines` are given where the profile's words have
    {name}, or are to be replaced.
    """

    kind: str = "collective"
    group: str | None = None
    member: str | None = None
    name: LocalText | None = None
    lines: Mapping[str, Sequence[str]] | None = None


@dataclass(frozen=True)
class Related:
    """An earlier document that the letter refers to: `link` is one of wording.LINKS."""

    link: str
    number: str
    day: date


@dataclass(frozen=True)
class Signatory:
    """Who signs; without `title` it is the head's title on the letter's day."""

    name: LocalText
    title: LocalText | None = None


@dataclass(frozen=True)
class Particulars:
    """What only some letters have; every text may be one for all languages or language → text."""

    subject: LocalText | None = None
    action_by: date | datetime | None = None
    file_reference: str | None = None
    related: Sequence[Related] = ()
    distribution: LocalText | None = None
    channel: LocalText | None = None
    copies: Sequence[LocalText] = ()
    signatory: Signatory | None = None
    level: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)


def compose(
    profile: Profile,
    language: str,
    *,
    kind: str,
    values: Values,
    paragraphs: Sequence[str],
    enclosures: Sequence[EnclosureFacts] = (),
    number: str | None = None,
    day: date | None = None,
    place_key: str | None = None,
    acknowledgement_code: str | None = None,
    marking: str,
    draft: bool,
    addressee: Addressee | None = None,
    particulars: Particulars | None = None,
) -> Letter:
    """The letter in `language`.

    `paragraphs` are the free texts in that language, with slots for `values`;
    the first goes into the opening formula, without its full stop; one that
    begins with "- " or "-- " is a sub-item.  `number` and `day` are None
    before approval: the draft words of the profile stand in their places.
    Raises a Refusal that names what is missing, unknown or malformed.
    """
    return _Composer(
        profile=profile,
        language=profile.language(language),
        kind=profile.kind(kind),
        values=values,
        paragraphs=paragraphs,
        enclosures=enclosures,
        number=number,
        day=day,
        place_key=place_key,
        code=format_code(acknowledgement_code),
        marking=marking,
        draft=draft,
        addressee=addressee or Addressee(),
        more=particulars or Particulars(),
    ).letter()


def format_code(code: str | None) -> str | None:
    """An acknowledgement code as printed, `4R7-K3B`; raises Invalid for what is none."""
    if code is None:
        return None
    plain = code.replace("-", "").upper()
    if len(plain) != 6 or not set(plain) <= set(CODE_SIGNS):
        raise Invalid(
            "code-malformed",
            "“%(code)s” is no acknowledgement code; it has six signs of %(signs)s.",
            code=code,
            signs=CODE_SIGNS,
        )
    return f"{plain[:3]}-{plain[3:]}"


@dataclass(frozen=True)
class _Composer:
    """The arguments of `compose` with one method for each part of a letter."""

    profile: Profile
    language: Language
    kind: Kind
    values: Values
    paragraphs: Sequence[str]
    enclosures: Sequence[EnclosureFacts]
    number: str | None
    day: date | None
    place_key: str | None
    code: str | None
    marking: str
    draft: bool
    addressee: Addressee
    more: Particulars

    def letter(self) -> Letter:
        blocks = [block for part in self.kind.order for block in getattr(self, f"_{part}")()]
        words = self.language.wording
        number = self.number or words.number_draft
        subject = self._fill(self.more.subject)
        label = self.profile.markings
        if self.marking not in label:
            raise Invalid(
                "marking-unknown",
                "The profile has no marking “%(marking)s”; use one of %(known)s.",
                marking=self.marking,
                known=", ".join(label),
            )
        languages = dict.fromkeys([self.language.code, *(block.language for block in blocks)])
        facts = [self.profile.language(code).facts for code in languages]
        return Letter(
            profile=self.profile.name,
            profile_digest=self.profile.digest,
            organisation=words.title,
            language=self.language.code,
            direction=self.language.direction,
            kind=self.kind.name,
            title=f"{self.kind.titles[self.language.code]} {number}",
            subject=subject,
            marking=self.marking,
            number=self.number,
            day=self.day,
            acknowledgement_code=self.code,
            draft=self.draft,
            draft_mark=words.draft_mark if self.draft else "",
            page=words.page,
            running=insert(words.running, {"number": number}) if self.language.numbered else "",
            blocks=tuple(blocks),
            layout=self.profile.layout,
            fonts=tuple(
                dict.fromkeys((*self.profile.layout.pdf_fonts, *(name for fact in facts for name in fact.fonts)))
            ),
            docx_fonts={fact.code: fact.docx_font for fact in facts if fact.docx_font},
            tags={fact.code: fact.tag for fact in facts},
        )

    def _block(self, role: str, text: str, **more: object) -> list[Block]:
        if not text and not more.get("space"):
            return []
        return [Block(role, text, self.language.code, self.language.direction, **more)]  # type: ignore[arg-type]

    def _local(self, text: LocalText | None) -> str:
        if text is None or isinstance(text, str):
            return text or ""
        code = self.language.code
        if code not in text:
            raise Invalid(
                "text-missing",
                "A text is given in %(given)s but not in %(language)s; give it in each language.",
                given=", ".join(text),
                language=code,
            )
        return text[code]

    def _fill(self, text: LocalText | None) -> str:
        return fill(self._local(text), self.language.code, self.values, self.profile, self.day)

    def _date(self, day: date | None) -> str:
        return self.language.dates.write(day) if day else self.language.wording.date_draft

    # One method for each part that a kind's order may name.

    def _marking(self) -> list[Block]:
        marking = self.profile.markings.get(self.marking)
        return self._block("marking", marking.labels[self.language.code] if marking else "")

    def _letterhead(self) -> list[Block]:
        if not self.language.letterhead:
            return []
        own = self.language.code
        codes = self.profile.letterhead if own in self.profile.letterhead else (own,)
        heads = [self.profile.language(code) for code in codes]
        return [
            Block(
                "letterhead",
                "\n".join(head.wording.letterhead),
                head.code,
                head.direction,
                zone="head",
                detail="\n".join(head.wording.contacts),
            )
            for head in heads
        ]

    def _number(self) -> list[Block]:
        if not self.language.numbered:
            return []
        words = self.language.wording
        return self._block("number", words.number_label + (self.number or words.number_draft))

    def _references(self) -> list[Block]:
        words = self.language.wording
        lines = []
        if self.more.file_reference:
            lines.append(insert(words.file_reference, {"reference": self.more.file_reference}))
        for related in self.more.related:
            if related.link not in words.links:
                raise Invalid(
                    "link-unknown",
                    "The profile has no words for the relation “%(link)s” in %(language)s; use one of %(known)s.",
                    link=related.link,
                    language=self.language.code,
                    known=", ".join(link for link in LINKS if link in words.links),
                )
            said = {"number": related.number, "date": self._date(related.day)}
            lines.append(insert(words.links[related.link], said))
        return self._block("references", "\n".join(lines))

    def _place_date(self) -> list[Block]:
        place = self.profile.place(self.language.code, self.profile.day(self.day), "line", self.place_key)
        said = {"place": place, "date": self._date(self.day)}
        return self._block("place_date", insert(self.language.wording.place_date, said))

    def _channel(self) -> list[Block]:
        return self._block("channel", self._local(self.more.channel) or self.language.wording.channel)

    def _distribution(self) -> list[Block]:
        text = self._local(self.more.distribution)
        return self._block("distribution", insert(self.language.wording.distribution, {"text": text}) if text else "")

    def _addressee(self) -> list[Block]:
        code = self.language.code
        given = (self.addressee.lines or {}).get(code)
        lines = given or [insert(line, self._named()) for line in self._addressee_words().lines]
        zone = "page_foot" if self.kind.addressee_at == "page_foot" else "flow"
        return self._block("addressee", "\n".join(lines), zone=zone)

    def _addressee_words(self) -> AddresseeWords:
        group = self.addressee.group or self.kind.addressee_class
        words = self.language.wording.addressees.get(group)
        if words is None or self.addressee.kind not in ADDRESSEE_KINDS:
            raise Invalid(
                "addressee-unknown",
                "The addressee is of kind “%(kind)s” and class “%(group)s”, which the profile does not word; "
                "classes are %(known)s, kinds %(kinds)s.",
                kind=self.addressee.kind,
                group=group,
                known=", ".join(self.language.wording.addressees),
                kinds=", ".join(ADDRESSEE_KINDS),
            )
        return words

    def _named(self) -> dict[str, str]:
        """The words that the profile's texts for an addressee may use, as far as they are given."""
        words = {}
        if self.addressee.member:
            member = self.profile.member(self.addressee.member)
            words["state"] = member.name(self.language.code, self.profile.day(self.day))
        if self.addressee.name:
            words["name"] = self._local(self.addressee.name)
        return words

    def _subject(self) -> list[Block]:
        text = self._fill(self.more.subject)
        return self._block("subject", insert(self.language.wording.subject, {"text": text}) if text else "")

    def _action(self) -> list[Block]:
        due = self.more.action_by
        if due is None:
            return []
        said = self._date(due.date() if isinstance(due, datetime) else due)
        if isinstance(due, datetime):
            if due.tzinfo is None:
                raise Invalid(
                    "deadline-zone",
                    "The deadline %(due)s has a time but no time zone; write it with its offset from UTC.",
                    due=due.isoformat(sep=" "),
                )
            said += f", {due:%H:%M} ({due.tzname()})"
        return self._block("action", insert(self.language.wording.action, {"date": said}))

    def _formulas_text(self, name: str) -> str:
        level = self.more.level or self.kind.level
        formulas = self.language.wording.formula(level, self.addressee.kind)
        if formulas is None:
            raise Invalid(
                "formula-missing",
                "The profile has no formulas of level “%(level)s” for an addressee of kind “%(kind)s” in "
                "%(language)s; add them, or use another level.",
                level=level,
                kind=self.addressee.kind,
                language=self.language.code,
            )
        return str(getattr(formulas, name))

    def _formula(self, name: str, **words: str) -> str:
        text = self._formulas_text(name)
        if "{addressee}" in text:
            words["addressee"] = insert(self._addressee_words().name, self._named())
        return insert(text, words) if text else ""

    def _salutation(self) -> list[Block]:
        return self._block("salutation", self._formula("salutation"))

    def _complimentary_close(self) -> list[Block]:
        return self._block("complimentary_close", self._formula("complimentary_close"))

    def _body(self) -> list[Block]:
        filled = [self._fill(paragraph) for paragraph in self.paragraphs]
        merge = (lambda body: self._formula("opening", body=body)) if self._formulas_text("opening") else None
        blocks = body_blocks(filled, merge, self.kind.numbering, self.language)
        return blocks + self._block("closing", self._formula("closing"))

    def _authentication(self) -> list[Block]:
        how, words = self.kind.authentication, self.language.wording
        if how == "none":
            return []
        text = words.initials if how == "initials" else words.seal
        if how == "signature":
            if self.more.signatory is None:
                raise Invalid(
                    "signatory-missing",
                    "A %(kind)s is signed; name who signs it.",
                    kind=self.kind.titles[self.language.code],
                )
            title = self.more.signatory.title
            said = {
                "name": self._local(self.more.signatory.name),
                "title": self._local(title)
                if title
                else self.profile.head_title(self.language.code, self.profile.day(self.day)),
            }
            text = insert(words.signature, said)
        return self._block("authentication", text, space=self.kind.authentication_space)

    def _enclosure(self) -> list[Block]:
        if not self.enclosures:
            return []
        words = self.language.wording.enclosure
        if len(self.enclosures) == 1:
            text = insert(words.one, self._of_enclosure(self.enclosures[0]))
        else:
            lines = [insert(words.many, {"n": str(len(self.enclosures))})]
            lines += [insert(words.item, self._of_enclosure(one)) for one in self.enclosures]
            text = "\n".join(lines)
        return self._block("enclosure", text, zone="margin" if self.kind.enclosure_at == "margin" else "flow")

    def _of_enclosure(self, enclosure: EnclosureFacts) -> dict[str, str]:
        code = self.language.code
        words = self.language.wording.enclosure
        if enclosure.pages < 1 or (enclosure.origin and enclosure.origin not in ORIGINS):
            raise Invalid(
                "enclosure-facts",
                "Enclosure %(ordinal)s has %(pages)s pages and the origin “%(origin)s”; it needs at least one page, "
                "and an origin of copy or translated, or none.",
                ordinal=enclosure.ordinal,
                pages=enclosure.pages,
                origin=enclosure.origin or "",
            )
        unit = self.profile.unit
        count = unit.count(code, enclosure.pages)
        origin = words.origins.get(enclosure.origin or "", "")
        if enclosure.translated_from:
            origin = insert(origin, {"language": self._language_name(enclosure.translated_from, "source")})
        note = ""
        if enclosure.language and enclosure.language != code:
            note = insert(words.language_note, {"language": self._language_name(enclosure.language, "note")})
        titles = enclosure.titles
        return {
            "ordinal": str(enclosure.ordinal),
            "title": titles.get(code) or titles.get(enclosure.language or "") or next(iter(titles.values()), ""),
            "origin": origin,
            "language_note": note,
            "count": str(count),
            "unit": plural(words.units[unit.words[code]], count, code) or "",
        }

    def _language_name(self, code: str, form: str) -> str:
        forms = self.language.wording.language_names.get(code, {})
        name = forms.get(form) or next(iter(forms.values()), None)
        if name is None:
            raise Invalid(
                "language-name-missing",
                "The profile does not say what language “%(code)s” is called in %(language)s; add it under "
                "[language_names].",
                code=code,
                language=self.language.code,
            )
        return name

    def _copies(self) -> list[Block]:
        names = "\n".join(self._local(copy) for copy in self.more.copies)
        return self._block("copies", insert(self.language.wording.copies, {"names": names}) if names else "")

    def _courtesy(self) -> list[Block]:
        courtesy = self.language.standing == "courtesy"
        return self._block("courtesy", self.language.wording.courtesy if courtesy else "")

    def _acknowledgement(self) -> list[Block]:
        if self.code is None:
            return []
        text = insert(self.language.wording.acknowledgement, {"code": self.code})
        return self._block("acknowledgement", text, zone="last_foot")
