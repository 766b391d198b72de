"""The theme: tokens and their contrast, assets, headers, icons, dates."""

from __future__ import annotations

import gzip
import re
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel import Locale

sys.path.insert(0, str(Path(__file__).parent / "pages"))
import sample_pages

from web import formats, theme
from web.views import words

CSS = (theme.HERE / "static" / "chancery.css").read_text("utf-8")


def tokens(selector: str) -> dict[str, str]:
    """The colours that the first rule of `selector` sets."""
    rule = re.search(re.escape(selector) + r"\s*\{(.*?)\}", CSS, re.S)
    assert rule, selector
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9A-F]{6})", rule[1]))


LIGHT, DARK, AUTO = (
    tokens(":root, [data-bs-theme=light]"),
    tokens("[data-bs-theme=dark]"),
    tokens("[data-bs-theme=auto]"),
)


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


# Foreground, grounds, and the ratios in the light and the dark, as the design states them.
TABLE = (
    ("ink", ("ground", "surface"), (14.85, 16.20), (15.06, 13.63)),
    (
        "ink-2",
        ("ground", "surface", "sunken", "accent-tint"),
        (6.12, 6.67, 5.70, 5.76),
        (8.35, 7.55, 8.63, 6.43),
    ),
    ("accent", ("surface", "ground", "accent-tint"), (8.84, 8.10, 7.63), (8.54, 9.43, 7.27)),
    ("accent", ("care-bg", "stop-bg", "done-bg"), (7.74, 7.38, 7.48), (6.89, 7.44, 6.74)),
    ("on-accent", ("accent",), (8.84,), (9.21,)),
    ("bar-ink", ("bar",), (13.85,), (15.79,)),
    ("bar-ink-2", ("bar",), (8.67,), (8.33,)),
    ("wait", ("wait-bg", "surface"), (6.54, 7.68), (7.03, 9.12)),
    ("move", ("move-bg", "surface"), (6.91, 8.21), (7.68, 9.82)),
    ("done", ("done-bg", "surface"), (6.71, 7.93), (7.80, 9.87)),
    ("care", ("care-bg", "surface"), (6.99, 7.98), (8.32, 10.31)),
    ("stop", ("stop-bg", "surface"), (6.88, 8.25), (7.55, 8.66)),
    ("hand", ("hand-bg", "surface"), (7.50, 8.97), (7.47, 8.98)),
    ("ink", ("ins-bg", "del-bg"), (13.48, 12.85), (9.68, 11.35)),
    ("line-firm", ("surface", "ground"), (3.78, 3.46), (4.19, 4.63)),
    ("focus", ("surface", "ground"), (5.02, 4.60), (9.12, 10.08)),
)


@pytest.mark.parametrize(("colour", "grounds", "light", "dark"), TABLE)
def test_contrast_is_what_the_design_states(
    colour: str, grounds: tuple[str, ...], light: tuple[float, ...], dark: tuple[float, ...]
) -> None:
    for tokens_of, stated in ((LIGHT, light), (DARK, dark)):
        for ground, ratio in zip(grounds, stated, strict=True):
            assert contrast(tokens_of[colour], tokens_of[ground]) == pytest.approx(ratio, abs=0.006)


def test_every_text_pair_is_readable() -> None:
    for colour, grounds, _, _ in TABLE:
        for tokens_of in (LIGHT, DARK):
            for ground in grounds:
                needed = 3.0 if colour in {"line-firm", "focus"} else 4.5
                assert contrast(tokens_of[colour], tokens_of[ground]) >= needed


def test_auto_is_the_dark_set_for_whoever_wishes_it() -> None:
    assert AUTO == DARK
    assert AUTO.keys() == LIGHT.keys()


def test_every_variable_that_is_used_is_defined() -> None:
    used = set(re.findall(r"var\(--([\w-]+)", CSS))
    # The colour of a rung is set by the row's tone; Bootstrap defines its own.
    defined = set(re.findall(r"--([\w-]+):", CSS)) | {"rc"}
    assert {name for name in used if not name.startswith("bs-")} <= defined


def test_every_icon_in_use_is_in_the_sprite_and_the_sprite_has_no_other() -> None:
    text = "".join(path.read_text("utf-8") for path in theme.PAGES.rglob("*.html"))
    named = set(re.findall(r"icon(?:_name)?\s*[=(]\s*'([a-z0-9-]+)'", text))
    defaults = re.search(r"set default = (\{.*?\})", text)
    assert defaults
    named |= set(re.findall(r": '([a-z0-9-]+)'", defaults[1]))
    named |= set(re.findall(r"icon_name='[a-z0-9-]+' if [^,]*? else '([a-z0-9-]+)'", text))
    named |= {status.icon for status in words.STATUSES.values()}
    assert named == theme.ICONS
    assert len(re.findall(rb"<symbol ", theme.sprite())) == len(theme.ICONS)


def test_an_unknown_icon_is_refused_at_the_start() -> None:
    with pytest.raises(LookupError, match="no-such-icon"):
        theme.sprite(frozenset({"no-such-icon"}))


def test_a_status_has_a_tone_of_the_seven_and_an_icon() -> None:
    assert {status.tone for status in words.STATUSES.values()} == set(words.TONES)


def test_assets_are_cached_for_a_year_under_their_digest_and_packed() -> None:
    client = sample_pages.make_app().test_client()
    for name, asset in theme.assets().items():
        url = f"/assets/{asset.digest}/{name}"
        packed = client.get(url, headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == asset.body == client.get(url).data
        assert "immutable" in packed.headers["Cache-Control"]
        assert "max-age=31536000" in packed.headers["Cache-Control"]
        assert client.get(url, headers={"If-None-Match": f'"{asset.digest}"'}).status_code == 304
        assert client.get(f"/assets/{'0' * 16}/{name}").status_code == 404


def test_headers_and_nonce() -> None:
    client = sample_pages.make_app().test_client()
    first, second = (client.get("/sample/desk") for _ in range(2))
    policy = first.headers["Content-Security-Policy"]
    nonce = re.search(r"script-src 'nonce-([\w-]+)'", policy)
    assert nonce and f'nonce="{nonce[1]}"' in first.text
    assert nonce[1] not in second.headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    assert first.headers["Referrer-Policy"] == "no-referrer"
    assert first.headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in first.headers
    assert (
        "Strict-Transport-Security"
        in client.get("/sample/desk", base_url="https://secretariat.example").headers
    )


NIGHT = datetime(2022, 3, 27, 20, 30, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("style", "language", "written"),
    [
        ("long", "en", "28 March 2022, 02:30"),
        ("near", "en", "28 Mar 02:30"),
        ("due", "en", "Mon 28 March 02:30"),
        ("exact", "en", "28 Mar 02:30:05"),
        ("time", "ru", "02:30"),
        ("long", "ru", "28 марта 2022 г., 02:30"),
        ("long", "kk", "2022 жылғы 28 наурыз, 02:30"),
        ("iso", "en", "2022-03-27T20:30:05+00:00"),
    ],
)
def test_a_moment_is_written_in_the_organisations_zone(style: str, language: str, written: str) -> None:
    locale = Locale("en", "GB") if language == "en" else Locale(language)
    text = formats.write_moment(NIGHT, "Asia/Almaty", style, locale)
    assert text.replace(formats.NBSP, " ") == written
    assert " " not in text.replace(", ", "")


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        formats.write_moment(NIGHT.replace(tzinfo=None), "UTC")
    with pytest.raises(TypeError, match="moment"):
        formats.write_day(NIGHT)


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "28 March 2022"), ("ru", "28 марта 2022 г."), ("kk", "2022 жылғы 28 наурыз")],
)
def test_a_day_never_breaks(language: str, written: str) -> None:
    text = formats.write_day(date(2022, 3, 28), "long", Locale(language))
    assert text == written.replace(" ", formats.NBSP)


@pytest.mark.parametrize(
    ("size", "language", "written"),
    [
        (0, "en", "0 bytes"),
        (999, "en", "999 bytes"),
        (7_200_000, "en", "7.2 MB"),
        (92_400, "ru", "92 КБ"),
        (7_200_000, "ru", "7,2 МБ"),
    ],
)
def test_sizes(size: int, language: str, written: str) -> None:
    assert formats.write_bytes(size, Locale(language)).replace(formats.NBSP, " ") == written


def test_a_digest_is_folded_in_the_middle_only_when_long() -> None:
    assert formats.fold_digest("abcd") == "abcd"
    folded = formats.fold_digest("0123" * 15 + "ffff").replace(formats.NBSP, " ")
    assert folded == "0123 0123 0123 … 0123 ffff"
