"""The operations: one verb per function, each in the same order.

Guard (may this person, in this state, on this revision?) → change → log → rows for effects.
The caller commits.  A refusal raises before anything is changed.

`drafting`     submit, upload, edit and release the source, enclosures, addressees
`translation`  assign, save, submit, accept, return, waive
`texts`        what stands in each language, and what is stale
`approval`     preview, approve, send back, withdraw
`documents`    make the final documents, and verify them
`dispatch`     dispatch, hold, resume, cancel, resend
`sending`      claim deliveries and hand them to the relay: the protocol
`receipt`      evidence, the personal page, on behalf, returned mail
`directory`    members, contacts, deputies
`accounts`     accounts and tokens
"""
