"""What the pages get: frozen dataclasses of plain values, one module a page.

A template never sees a row of the database, a session or an operation.  A view
module names every value that its page shows; the code that answers a request
fills it and calls ``render_template("<page>.html", page=<the view>)``.

Conventions that hold in all of them:

* texts that were typed by people or come from a profile are plain strings, in
  the language that their field says; sentences of the interface are made in
  the templates, so that the catalogues find them;
* times are aware `datetime`s, days are `date`s; the filters write them;
* `key` of a note is its draft identifier (`D-2026-0012`), which never changes
  and has no slash: addresses use it.  `symbol` is what people read (`TTF/374`,
  or "" before approval);
* `status` fields hold a key of `web.views.words.STATUSES`;
* `revision` goes back with every form, so that a stale page is refused;
* `may` is the set of actions (names of `workflow.states`) that the person may
  do here and now; a form whose action is not in it is not shown;
* a form that was refused comes back as `Typed`: what was typed and the
  sentence for each field.

`endpoints.py` lists every address with its methods and form fields.
"""
