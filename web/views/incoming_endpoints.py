"""The addresses of incoming papers; the table of all addresses takes them in."""

from __future__ import annotations

from web.views.endpoint import form, get, post

# What the incoming register is asked for, and the fields of one of its papers.
QUERY = ("q", "year", "member", "kind", "status", "sort")
PAPER = (
    "kind",
    "channel",
    "received_on",
    "member",
    "party",
    "writer",
    "reference",
    "dated",
    "language",
    "subject",
    "summary",
    "marking",
    "notes",
    "confirm",
)

ENDPOINTS = (
    get("incoming.index", "/incoming", *QUERY, "before", "after", "page"),
    get("incoming.journal", "/incoming/journal", *QUERY),
    get("incoming.table", "/incoming.csv", *QUERY),
    get("incoming.book", "/incoming.xlsx", *QUERY),
    form(
        "incoming.new",
        "/incoming/new",
        *PAPER,
        "assignee",
        "due",
        "filed",
        "file",
        "kept",
        "returned",
        query=("note", "member", "kind", "channel", "returned"),
    ),
    get("incoming.show", "/incoming/<entry>"),
    form("incoming.correct", "/incoming/<entry>/correct", "revision", "reason", *PAPER),
    post("incoming.add_files", "/incoming/<entry>/files", "revision", "file"),
    get("incoming.file", "/incoming/<entry>/files/<file>"),
    post("incoming.assign", "/incoming/<entry>/assign", "revision", "assignee", "due"),
    post("incoming.settle", "/incoming/<entry>/settle", "revision", "remark", "answer"),
    post("incoming.reopen", "/incoming/<entry>/reopen", "revision", "reason"),
    post("incoming.cancel", "/incoming/<entry>/cancel", "revision", "reason"),
    post("incoming.erase", "/incoming/<entry>/erase", "reason", "papers"),
)
