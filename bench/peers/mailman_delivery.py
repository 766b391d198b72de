"""Mailman's personalised delivery to a port: prints the seconds that it took.

    PYTHON bench/peers/mailman_delivery.py PORT COUNT SIZE

PYTHON is an interpreter that has Mailman 3, which asks for libraries of its own.  Members, list and
database are made before the time begins; what is timed is `mailman.mta.deliver.deliver`, which its
outgoing runner calls: a copy for each member, its footer and recipient, over one connection.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path


def main() -> None:
    """Measures."""
    port, count, size = map(int, sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mailman.cfg"
        path.write_text(
            f"[mailman]\nlayout: here\n[paths.here]\nvar_dir: {folder}/var\n"
            f"[mta]\nsmtp_host: 127.0.0.1\nsmtp_port: {port}\nmax_sessions_per_connection: 0\n"
            "incoming: mailman.mta.null.NullMTA\nverp_delivery_interval: 1\n"
        )
        from mailman.core.initialize import initialize

        initialize(str(path))
        from mailman.app.lifecycle import create_list
        from mailman.config import config
        from mailman.email.message import Message
        from mailman.interfaces.domain import IDomainManager
        from mailman.interfaces.mailinglist import Personalization
        from mailman.interfaces.subscriptions import ISubscriptionManager
        from mailman.interfaces.usermanager import IUserManager
        from mailman.mta.deliver import deliver
        from zope.component import getUtility

        getUtility(IDomainManager).add("s.example")
        listing = create_list("notes@s.example")
        listing.personalize = Personalization.full
        listing.send_welcome_message = False
        people = [f"desk{number}@mfa.cn.example" for number in range(count)]
        for address in people:
            user = getUtility(IUserManager).create_user(address, address)
            user.addresses[0].verified_on = user.created_on
            ISubscriptionManager(listing).register(
                user.addresses[0], pre_verified=True, pre_confirmed=True, pre_approved=True
            )
        config.db.commit()
        letter = MIMEMultipart(_subparts=None)
        letter["From"], letter["To"] = "registry@s.example", "notes@s.example"
        letter["Subject"], letter["Message-ID"] = "Note KV/1", "<1@s.example>"
        letter.attach(MIMEText("Text of the note.\n" * 20))
        letter.attach(MIMEApplication(os.urandom(size), "pdf", name="note.pdf"))
        import email

        message = email.message_from_bytes(letter.as_bytes(), Message)
        begun = time.perf_counter()
        # Raises SomeRecipientsFailed where a message was not taken.
        deliver(listing, message, {"recipients": set(people), "to_list": True})
        print(time.perf_counter() - begun)


if __name__ == "__main__":
    main()
