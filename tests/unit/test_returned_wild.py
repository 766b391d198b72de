"""Forms of the wild, and what gateways do to them: a message is never worse than it is, whatever its dress."""

from __future__ import annotations

import base64
import html
import quopri
from collections.abc import Callable

import pytest

from tests.unit.returned_samples import ADDRESS, COPY, headers, letter
from tests.unit.returned_wild import ASIDE, WILD, Form
from workflow.post.returned import Category, addresses, classify, parse

FAILED_COPY = COPY + "\nYour message could not be delivered: 550 5.1.1 user unknown\n"


def _plain(form: Form) -> bytes:
    _, sender, subject, text, more = form
    return letter(text, sender, subject=subject, **more)


def _encoded(form: Form, encoding: str, text: str) -> bytes:
    _, sender, subject, _, more = form
    return letter(text, sender, subject=subject, content_transfer_encoding=encoding, **more)


def _parts(form: Form, kind: str, second: str) -> bytes:
    _, sender, subject, text, more = form
    body = f"--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n--b\n{second}\n--b--\n"
    return letter(body, sender, subject=subject, content_type=kind, **more)


def _page(text: str) -> str:
    return "<html><head><style>p {}</style></head><body><p>" + html.escape(text).replace("\n", "<br>\n")


def _charset(form: Form, name: str) -> bytes:
    """In another charset, where it can be written in it."""
    _, sender, subject, text, more = form
    try:
        body = text.encode(name)
    except UnicodeEncodeError:
        return _plain(form)
    return (
        headers(sender, subject=subject, content_type=f"text/plain; charset={name}", **more).encode()
        + b"\n"
        + body
    )


DRESSES: dict[str, Callable[[Form], bytes]] = {
    "plain": _plain,
    "carriage returns alone": lambda form: _plain(form).replace(b"\n", b"\r"),
    "both line ends": lambda form: _plain(form).replace(b"\n", b"\r\n"),
    "zeros in it": lambda form: _plain(form).replace(b" ", b" \0"),
    "no charset": lambda form: _plain(form).replace(b"; charset=utf-8", b""),
    "the charset lies": lambda form: _plain(form).replace(b"charset=utf-8", b"charset=us-ascii"),
    "base64": lambda form: _encoded(form, "base64", base64.encodebytes(form[3].encode()).decode()),
    "quoted-printable": lambda form: _encoded(
        form, "quoted-printable", quopri.encodestring(form[3].encode()).decode()
    ),
    "encoded subject": lambda form: _plain(
        (*form[:2], f"=?utf-8?b?{base64.b64encode(form[2].encode()).decode()}?=", *form[3:])
    ),
    "HTML": lambda form: letter(
        _page(form[3]), form[1], subject=form[2], content_type="text/html; charset=utf-8", **form[4]
    ),
    "two kinds of text": lambda form: _parts(
        form, "multipart/alternative; boundary=b", f"Content-Type: text/html; charset=utf-8\n\n{_page(form[3])}"
    ),
    "no boundary": lambda form: _parts(form, "multipart/mixed", ""),
    "copy in the text": lambda form: letter(
        f"{form[3]}\n------ This is a copy of the message. ------\n\nReturn-path: <x@y.example>\n{FAILED_COPY}",
        form[1], subject=form[2], **form[4],
    ),
    "UTF-16": lambda form: _charset(form, "utf-16"),
    "KOI8": lambda form: _charset(form, "koi8-r"),
    "Windows": lambda form: _charset(form, "windows-1251"),
    "Arabic Windows": lambda form: _charset(form, "windows-1256"),
    "GB 18030": lambda form: _charset(form, "gb18030"),
}  # fmt: skip


@pytest.mark.parametrize("name", WILD)
def test_a_form_of_the_wild_is_read(name: str) -> None:
    right = WILD[name][0].split("|")
    kind, whom = classify(_plain(WILD[name]))
    assert kind in right
    if kind in {"fail", "delay", "ok"}:
        assert whom == {ADDRESS}


@pytest.mark.parametrize("dress", DRESSES)
def test_the_same_in_another_dress_is_the_same(dress: str) -> None:
    wrong = {
        name: found
        for name, form in WILD.items()
        if (found := classify(DRESSES[dress](form))[0]) not in form[0].split("|")
    }
    assert wrong == {}


def test_a_form_beside_its_returned_copy_is_the_same() -> None:
    wrong = [
        name
        for name, form in WILD.items()
        if name not in ASIDE
        and classify(_parts(form, "multipart/mixed; boundary=b", f"Content-Type: message/rfc822\n\n{FAILED_COPY}"))[0]
        not in form[0].split("|")
    ]  # fmt: skip
    assert wrong == []


@pytest.mark.parametrize(
    "said", ["was not successfully delivered to", "could not be successfully delivered to"]
)
def test_success_that_is_denied_is_no_success(said: str) -> None:
    raw = letter(f"Your message {said} the following recipient:\n\n  {ADDRESS}\n", subject="Delivery report")
    assert parse(raw).category is not Category.OK


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("收件人：registry@mfa.example", "registry@mfa.example"),
        ("收件人邮件地址（registry@mfa.example）不存在", "registry@mfa.example"),
        ("无法发送到registry@mfa.example不存在", "registry@mfa.example"),
        ("「registry@mfa.example」へ", "registry@mfa.example"),
        ("Адресат «почта@мид.рф» не найден", "почта@мид.рф"),
        ("用户@例え.テスト", "用户@例え.テスト"),
    ],
)
def test_an_address_ends_where_the_writing_around_it_begins(line: str, address: str) -> None:
    assert [found.address for found in addresses.find(line)] == [address]
