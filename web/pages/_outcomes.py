"""What a piece of transport evidence says, and how it looks."""

from __future__ import annotations

from flask_babel import gettext

from workflow.states import Transport

TONES = {
    Transport.DELIVERED: "done",
    Transport.RELAYED: "done",
    Transport.UNKNOWN: "care",
    Transport.DELAYED: "care",
    Transport.REFUSED_TEMP: "care",
    Transport.REFUSED_PERM: "stop",
    Transport.FAILED: "stop",
}
# What can be said of; an attempt that was only prepared has no outcome yet.
OUTCOMES = (
    Transport.ACCEPTED,
    Transport.UNKNOWN,
    Transport.REFUSED_TEMP,
    Transport.REFUSED_PERM,
    Transport.DELAYED,
    Transport.RELAYED,
    Transport.DELIVERED,
    Transport.FAILED,
)


def outcome_words(kind: str) -> str:
    """What a piece of transport evidence says."""
    return {
        Transport.ACCEPTED: gettext("Taken by the relay."),
        Transport.UNKNOWN: gettext("The line broke: sent or not, nobody knows yet."),
        Transport.REFUSED_TEMP: gettext("Not taken yet."),
        Transport.REFUSED_PERM: gettext("Refused."),
        Transport.DELAYED: gettext("Delayed."),
        Transport.RELAYED: gettext("Handed to a server that sends no reports."),
        Transport.DELIVERED: gettext("Delivered to the mailbox."),
        Transport.FAILED: gettext("Failed."),
    }[Transport(kind)]
