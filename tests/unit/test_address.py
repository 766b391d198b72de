"""Mail addresses: the one form, and everything that is not one."""

import email.headerregistry
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.errors import Invalid
from workflow.post.address import check_address, domain_of, needs_smtputf8, readable, return_path

ATOM = st.text("abcxyzABC0129!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=12)
LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)


@st.composite
def plain_addresses(draw):
    local = ".".join(draw(st.lists(ATOM, min_size=1, max_size=4)))
    labels = [*draw(st.lists(LABEL, min_size=1, max_size=3)), draw(st.sampled_from(["example", "kz", "org"]))]
    return f"{local}@{'.'.join(labels)}"


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("registry@mfa.example", "registry@mfa.example"),
        ("  Registry@MFA.Example ", "Registry@mfa.example"),
        ("o'hara+desk.2@a-b.example", "o'hara+desk.2@a-b.example"),
        ("отдел@почта.рф", "отдел@xn--80a1acny.xn--p1ai"),
        ("desk@MÜNCHEN.example", "desk@xn--mnchen-3ya.example"),
        ("nota@straße.example", "nota@xn--strae-oqa.example"),
        ("е\u0308лка@m.example", "ёлка@m.example"),
        ("欢迎@例子.example", "欢迎@xn--fsqu00a.example"),
    ],
)
def test_one_form_is_stored(given, stored):
    assert check_address(given) == stored
    assert check_address(stored) == stored


REFUSED = [
    ("", "empty"),
    ("   ", "empty"),
    ("registry", "part on each side"),
    ("@mfa.example", "part on each side"),
    ("registry@", "part on each side"),
    ("a@b@mfa.example", "only once"),
    ("Registry <registry@mfa.example>", "only the mail address itself"),
    ("registry@mfa.example (desk)", "only the mail address itself"),
    ("a@mfa.example, b@mfa.example", "several"),
    ("a@mfa.example; b@mfa.example", "several"),
    ("a@mfa.example b@mfa.example", "space"),
    ("a@mfa.example\r\nBcc: x@y.example", "line break"),
    ("a@mfa.example\n", "line break"),
    ("a\0@mfa.example", "control character"),
    ("a\x7f@mfa.example", "control character"),
    ("a\u200b@mfa.example", "invisible"),
    ("a\u202eb@mfa.example", "invisible"),
    ("a\u2028b@mfa.example", "invisible"),
    ("a\u00a0b@mfa.example", "space"),
    ('"a b"@mfa.example', "Quotation marks"),
    ("a\\b@mfa.example", "backslashes"),
    (".a@mfa.example", "not allowed there"),
    ("a..b@mfa.example", "not allowed there"),
    ("a.@mfa.example", "not allowed there"),
    ("a:b@mfa.example", "not allowed there"),
    ("a@[192.0.2.1]", "square brackets"),
    ("a@192.0.2.1", "not complete"),
    ("a@localhost", "not complete"),
    ("a@mfa..example", "malformed"),
    ("a@-mfa.example", "malformed"),
    ("a@mfa-.example", "malformed"),
    ("a@mf_a.example", "malformed"),
    ("a@mfa.example.", "malformed"),
    (f"a@{'x' * 64}.example", "malformed"),
    ("a@-мфа.рф", "international name"),
    (f"{'x' * 65}@mfa.example", "longer than 64"),
    (f"{'ж' * 33}@mfa.example", "longer than 64"),
    (f"{'x' * 60}@{'.'.join(['y' * 60] * 4)}.example", "malformed|longer"),
    (f"{'x' * 64}@{'.'.join(['y' * 45] * 4)}.example", "longer than 254"),
]


@pytest.mark.parametrize(("text", "sentence"), REFUSED)
def test_what_is_not_an_address_is_refused_with_a_sentence(text, sentence):
    with pytest.raises(Invalid, match=sentence) as refused:
        check_address(text)
    assert refused.value.sentence.endswith(".")
    # The sentence is logged and shown: it never carries what was typed.
    assert "y.example" not in refused.value.sentence


@given(plain_addresses())
def test_plain_addresses_are_kept_and_read_the_same_by_the_standard_library(text):
    checked = check_address(text)
    assert checked == text
    parsed = email.headerregistry.Address(addr_spec=checked)
    assert (parsed.addr_spec, parsed.domain) == (checked, domain_of(checked))
    assert not needs_smtputf8(checked)


@given(st.text() | st.builds("{}@{}".format, st.text(max_size=20), st.text(max_size=20)))
def test_whatever_is_accepted_is_safe_in_a_command_and_a_header(text):
    try:
        checked = check_address(text)
    except Invalid as refused:
        assert refused.sentence
        return
    assert check_address(checked) == checked
    assert checked.count("@") == 1
    assert len(checked.encode()) <= 254
    assert not set(checked) & set(' \t\r\n\0<>()[],;:\\"')
    assert not any(unicodedata.category(sign)[0] in "CZ" for sign in checked)
    assert domain_of(checked).isascii()
    assert check_address(readable(checked)) == checked


def test_an_international_domain_needs_no_smtputf8_and_is_shown_in_its_script():
    checked = check_address("registry@почта.рф")
    assert not needs_smtputf8(checked)
    assert readable(checked) == "registry@почта.рф"
    assert needs_smtputf8(check_address("почта@mfa.example"))
    assert readable("desk@xn--a.example") == "desk@xn--a.example"


def test_a_return_path_is_made_of_pattern_and_token():
    assert return_path("bounces+{token}@s.example", "9f2c") == "bounces+9f2c@s.example"
    with pytest.raises(Invalid):
        return_path("bounces+{token}@s.example", "a\r\nb")
