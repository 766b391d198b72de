"""The pages and the API: Flask at the edge, and nothing that decides.

A request is answered in five steps, each in a module of its own: who asks (`session`), may they
come here at all (`access`), one piece of work in one transaction (`session.looking`,
`session.writing`), what came of it as a page or as JSON, and a refusal as a sentence (`problems`).
What a person may do with a note is decided in `workflow.operations`, never here.

`app`       create_app: settings, extensions, blueprints
`accounts`  login, passwords and second factor, by Flask-Security on the domain's own tables
`access`    who may use a route: every one declares it, else the application does not start
`limits`    how often
`observe`   request log, request id, health, metrics
`api`       the API under /api/v1
"""
