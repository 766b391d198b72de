"""Returned mail: what came back to the return path, and what it is evidence of.

`classify` gives the class and the addresses, `parse` everything that the operations need; neither
ever raises, whatever the bytes.  The readers are asked from the surest to the least sure:

`message`    the message read within limits: headers, parts, text
`fields`     reports made of fields: RFC 3464 and RFC 6533, and their broken kin
`automatic`  who wrote it; feedback reports, receipts, replies without a person
`prose`      reports in a mailer's own words, by the phrases in `formulas` and `manners`
`verdict`    the order in which they are asked
`evidence`   tokens that may move a delivery, identifiers that merely attach, and what makes two messages the same

The outcome is decided by a report's `Action`, never by its status class.  A false failure tells a
secretariat that a state did not get its note, so whatever is in doubt is `unknown` or `delay`.
"""

from __future__ import annotations

from workflow.post.returned.evidence import classify, content_digest, parse, tokens
from workflow.post.returned.model import Category, Note, RecipientReport, Returned

__all__ = ["Category", "Note", "RecipientReport", "Returned", "classify", "content_digest", "parse", "tokens"]
