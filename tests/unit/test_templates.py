"""Every page with sample values: well formed, linked, in reach without a script, and light."""

from __future__ import annotations

import gzip
import re
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from lxml import html
from werkzeug.exceptions import HTTPException

sys.path.insert(0, str(Path(__file__).parent / "pages"))
import sample_pages

from web import theme
from web.views.endpoints import BY_NAME, ENDPOINTS

NAMES = sorted(sample_pages.PAGES)
PUBLIC = re.compile("receipt|verification|address")


@pytest.fixture(scope="module")
def app() -> Flask:
    return sample_pages.make_app()


@pytest.fixture(scope="module")
def sources(app: Flask) -> dict[str, str]:
    client = app.test_client()
    answers = {name: client.get(f"/sample/{name}") for name in NAMES}
    assert {answer.status_code for answer in answers.values()} == {200}
    return {name: answer.text for name, answer in answers.items()}


def test_every_template_is_shown_by_a_sample() -> None:
    shown = {template for template, _ in sample_pages.PAGES.values()}
    parts = {"base.html", "base_public.html", "macros.html", "_board.html", "_directory.html"} | {
        f"_{name}.html"
        for name in (
            "around",
            "desk",
            "desk_live",
            "desk_conflict",
            "exchange",
            "incoming",
            "keys",
            "beside",
            "remarks",
            "trial",
        )
    }
    files = {path.name for path in theme.PAGES.glob("*.html")}
    assert files == shown | parts


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_sound(name: str, sources: dict[str, str]) -> None:
    page = html.fromstring(sources[name])
    assert len(page.findall(".//h1")) == 1
    ids = Counter(page.xpath("//@id"))
    assert [key for key, count in ids.items() if count > 1] == []
    for reference in page.xpath("//@for | //@aria-labelledby | //@aria-describedby"):
        assert all(part in ids for part in reference.split()), reference
    for fragment in page.xpath("//main//a[starts-with(@href, '#')]/@href"):
        assert fragment[1:] in ids, fragment
    levels = [int(heading.tag[1]) for heading in page.xpath("//h1|//h2|//h3|//h4")]
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels)), levels
    # The policy would refuse these, and a page must not depend on them.
    assert page.xpath("//@style") == []
    assert [key for element in page.iter() for key in element.attrib if key.startswith("on")] == []
    assert page.get("lang") and page.find("head").findtext("title")
    assert page.xpath("//img[not(@alt)]") == []
    assert page.xpath("//*[@lang='']") == []
    # One filled button a page leads; the board's stands in the open row.
    assert (
        len(page.xpath("//main//*[contains(concat(' ', @class, ' '), ' btn-go ')][not(@disabled)]")) <= 1
        or name == "design"
    )
    assert "None" not in " ".join(page.xpath("//main//text()")).split()


@pytest.mark.parametrize("name", NAMES)
def test_links_and_forms_keep_to_the_table_of_endpoints(
    name: str, app: Flask, sources: dict[str, str]
) -> None:
    page = html.fromstring(sources[name])
    adapter = app.url_map.bind("localhost")

    def target(url: str, method: str) -> str | None:
        path = urlsplit(url).path
        if path == "/x":
            return None
        try:
            return str(adapter.match(path, method=method)[0])
        except HTTPException as fault:
            raise AssertionError(f"{method} {url} leads nowhere: {fault}") from fault

    for url in page.xpath("//a/@href"):
        if url.startswith("#"):
            continue
        endpoint = target(url, "GET")
        if endpoint in BY_NAME:
            assert parse_qs(urlsplit(url).query).keys() <= set(BY_NAME[endpoint].query), url
    for form in page.xpath("//form"):
        method = form.get("method", "get").upper()
        endpoint = target(form.get("action"), method)
        controls = form.xpath(".//*[@name]") + (
            [] if not form.get("id") else page.xpath(f"//*[@form='{form.get('id')}'][@name]")
        )
        fields = {
            control.get("name")
            for control in controls
            if not control.xpath("ancestor::form") or control.xpath("ancestor::form")[-1] is form
        }
        if method == "POST":
            assert "csrf_token" in fields, form.get("action")
            fields.discard("csrf_token")
            if form.xpath(".//input[@type='file']"):
                assert form.get("enctype") == "multipart/form-data"
        if endpoint not in BY_NAME:
            continue
        known = BY_NAME[endpoint].fields if method == "POST" else BY_NAME[endpoint].query
        unknown = {
            field
            for field in fields
            if not any(field == k or (k.endswith("*") and field.startswith(k[:-1])) for k in known)
        }
        assert not unknown, (endpoint, unknown)
        if method == "POST" and "revision" in known:
            assert "revision" in fields, endpoint


def test_every_field_of_the_table_is_sent_by_some_page(app: Flask, sources: dict[str, str]) -> None:
    adapter = app.url_map.bind("localhost")
    sent: dict[str, set[str]] = {}
    for source in sources.values():
        page = html.fromstring(source)
        for form in page.xpath("//form[@method='post']"):
            endpoint = adapter.match(urlsplit(form.get("action")).path, method="POST")[0]
            outside = page.xpath(f"//*[@form='{form.get('id')}']/@name") if form.get("id") else []
            sent.setdefault(str(endpoint), set()).update(form.xpath(".//@name"), outside)
    for endpoint in ENDPOINTS:
        for field in endpoint.fields:
            names = sent.get(endpoint.name, set())
            assert any(n == field or (field.endswith("*") and n.startswith(field[:-1])) for n in names), (
                endpoint.name,
                field,
            )
        if endpoint.posts:
            assert endpoint.name in sent, endpoint.name


def test_a_page_weighs_less_than_150_kilobytes(sources: dict[str, str]) -> None:
    common = sum(len(asset.packed) for asset in theme.assets().values())
    # The sample pictures stand inside the page; real ones are files of their own.
    heaviest = max(len(gzip.compress(re.sub(r"data:image[^\"']*", "", s).encode())) for s in sources.values())
    assert common + heaviest < 150_000


def test_texts_from_outside_are_shown_as_text(sources: dict[str, str]) -> None:
    assert "<script>alert" not in sources["message"]
    assert "&lt;script&gt;alert(1)" in sources["message"]
    assert "&lt;b&gt;not bold" in sources["message"]


def test_a_recipient_sees_no_menu_and_nothing_is_reached_by_get(sources: dict[str, str]) -> None:
    page = html.fromstring(sources["receipt"])
    assert page.xpath("//nav") == []
    assert page.get("lang") == "ru"
    assert not [url for url in page.xpath("//a/@href") if "/documents/" in url]
    downloads = [form for form in page.xpath("//form") if "/documents/" in form.get("action")]
    assert len(downloads) == 4
    assert all(form.get("method") == "post" and form.xpath(".//input[@name='nonce']") for form in downloads)
    typed = {
        field.get("name"): field.get("value")
        for field in page.xpath("//form[contains(@action,'acknowledge')]//input")
    }
    assert typed["name"] == "Сотрудник канцелярии" and typed["code"] == "4R7-K3B"
    wrong = page.get_element_by_id("code")
    assert wrong.get("aria-invalid") == "true" and "code-error" in wrong.get("aria-describedby")


def test_a_refused_form_keeps_what_was_typed_and_leads_to_the_field(sources: dict[str, str]) -> None:
    page = html.fromstring(sources["member"])
    assert page.get_element_by_id("address").get("value") == "protocol@mfa.lk"
    assert page.xpath("//*[@role='alert']//a/@href") == ["#address"]


def test_the_approval_posts_what_was_on_the_screen(sources: dict[str, str]) -> None:
    page = html.fromstring(sources["approval"])
    form = page.xpath("//form[contains(@action,'/approve')]")[0]
    posted = {field.get("name"): field.get("value") for field in form.xpath(".//input[@type='hidden']")}
    assert posted["number"] == "TTF/374" and posted["date"] == "2022-03-28"
    assert posted["digest"] == sample_pages.APPROVAL.digest and posted["revision"] == "13"
    assert "approve" not in str(html.fromstring(sources["approval-refused"]).xpath("//form/@action"))


def test_the_ladder_leaves_a_rung_without_evidence_hollow(sources: dict[str, str]) -> None:
    row = html.fromstring(sources["board"]).get_element_by_id("state-tj")
    rungs = [cell.get("class").split() for cell in row.xpath("./td[contains(@class,'rung')]")]
    assert ["hit" in classes for classes in rungs] == [True, True, False, True]
    assert "not downloaded" in row.text_content()


def test_the_live_part_renders_alone(app: Flask) -> None:
    with app.test_request_context("/"):
        from flask import render_template

        fragment = render_template("_board.html", page=sample_pages.BOARD)
    board = html.fragment_fromstring(fragment.strip(), create_parent="div").get_element_by_id("board")
    assert board.get("data-serial") == "381"
    assert "<html" not in fragment


def test_no_sentence_stands_outside_the_catalogues() -> None:
    """Words between tags come from `_()`; what is left are names, units and signs."""
    allowed = {
        "Chancery",
        "SHA-256",
        "PDF",
        "Alt",
        "Ctrl",
        "Enter",
        "N",
        "C",
        "T",
        "kbd",
        "ensp",
        "nbsp",
        "TTF",
    }
    for path in theme.PAGES.rglob("*.html"):
        text = path.read_text("utf-8")
        text = re.sub(
            r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->|<(script|style)\b.*?</\1>", " ", text, flags=re.S
        )
        for run in re.findall(r">([^<>]+)<", text):
            # The attributes that the field macro collects stand between two tags as well.
            if '="' in run or (path.name == "design.html" and re.search("[А-Яа-яәҒ]|7c1e|0O", run)):
                continue
            left = set(re.findall(r"[A-Za-z]{1,}[A-Za-z0-9-]*", run)) - allowed
            assert not left, (path.name, run.strip())
