"""What a note is and what may happen to it; knows neither Flask nor Celery.

Three sentences hold everywhere:

* A note moves only through its operations.
* Every side effect is a row before it is a message.
* Celery carries ids, nothing else.

The map of the domain:

`states`       the states, roles and the two tables of what may happen: one screen
`permissions`  why a person may not do something, as a sentence
`operations`   one verb per function: guard, change, log, rows for effects
`register`     number series, numbers, folding of look-alikes, voids
`audit`        the log, chained entry by entry, and its verification; `anchors`: its head, kept outside
`concordance`  whether the language versions say the same
`exchange`     a version handed out as a file for another program, and held against the note when it comes back
`memory`       what was said before, the glossary, a machine that may be asked
`models`       the rows: note, directory, delivery, account, audit
`letters`      plain data in, bytes out: DOCX, PDF, text; enclosures
`post`         a delivery out, its evidence back
`store`        files by their SHA-256; `db`, `config`, `clock`, `errors`
`migrations`   the numbered steps of the database, both ways
"""
