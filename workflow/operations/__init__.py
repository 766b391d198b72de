"""The operations: one verb per function, each in the same order.

Guard (may this person, in this state, on this revision?) → change → log → rows for effects.
The caller commits.  A refusal raises before anything is changed.

`drafting`     submit, edit and release the source
`intake`       files on their way in: checked, frozen, refused
`enclosing`    enclosures of a draft
`addressing`   addressees of a draft
`translation`  assign, save, submit, accept, return
`completion`   waive a finding; the step to translated, which happens by itself
`four_eyes`    who worked on a note and so may not judge it
`texts`        what stands in each language, and what is stale
`approval`     preview, approve, send back, withdraw
`documents`    make the final documents, and verify them
`dispatch`     release a note: the delivery rows
`deliveries`   hold, resume, cancel, resend
`reminding`    the sweep of the reminders; `prospects` who would get one and when; `ladder` what a person may set, `silent` who keeps silent
`silence`      silence procedures; `clocks` the time of each state, `objections`, `outcomes`
`succession`   what a following note refers to and ends; `family` who holds what; `by_rule` notes drafted by rule
`sending`      claim deliveries and hand them to the relay: the protocol
`receipt`      evidence, the personal page, on behalf, returned mail
`directory`    members, contacts, deputies
`accounts`     accounts and tokens
"""
