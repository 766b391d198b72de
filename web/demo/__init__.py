"""The demonstration: a whole circulation on real parts, through the API and pages that people use.

Its data (people, contacts, texts, weather, receipts) stand in `templates/demo/`; nothing of them
is named in the code.  The driver writes nothing into the database: what it does, it does by HTTP,
as a person or another program would, and its report is read back from the API.
"""

from web.demo.circulation import circulate

__all__ = ["circulate"]
