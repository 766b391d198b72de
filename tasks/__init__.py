"""Celery, thin: each task takes an id, opens a transaction, calls the workflow, commits.

Nothing but ids travels through the broker, and nothing is lost with it: the rows are the outbox,
and the sweep offers again whatever was not taken.

`app`        the application and its settings; the means of a worker process
`offer`      how a committed row becomes a message, best effort
`documents`  freeze uploads, make documents
`dispatch`   send what is due of a note
`mailbox`    read returned mail
`notices`    mail to people of the house
`sweeps`     what was left over: each minute, and each hour the anchor
"""
