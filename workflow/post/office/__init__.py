"""The embedded post office: a whole mail world on one machine, for demonstrations and tests.

`python -m workflow.post.office --smtp-port 2525 --folder var/post-office [--weather weather.toml]`
takes mail by SMTP on loopback only, as the organisation's relay would, and plays the hosts behind
it too: each address has a mailbox on disk, and delivery reports (RFC 3464) go to the return path
as RFC 3461 asks.  The weather file says which addresses refuse, delay, bounce or answer.

Nothing is told to a sender that is not on disk: a message is synchronised before its 250.

`mailboxes`, `messages` and `raw` read the folder for a page, whether or not the office runs.
"""

from workflow.post.office.mailboxes import Mailbox, Summary, mailboxes, messages, raw

__all__ = ["Mailbox", "Summary", "mailboxes", "messages", "raw"]
