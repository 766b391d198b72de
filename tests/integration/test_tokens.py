"""Access tokens at relay and mailbox: XOAUTH2 and OAUTHBEARER, fresh ones when one is refused, nothing of them told."""

from __future__ import annotations

import base64
import json
import logging
import stat
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from tests import tokens
from tests.conftest import make_settings
from tests.imap import ImapServer
from tests.integration.test_relay_session import Taking, sent, serving
from tests.integration.test_relay_session import certificate as certificate
from tests.integration.test_relay_session import server_tls as server_tls
from web import accounts
from web.doctor import mail as doctor
from workflow.errors import Invalid, Unavailable
from workflow.post import bearer
from workflow.post.answers import RelayDown, Step
from workflow.post.bearer import Bearer
from workflow.post.endpoint import Endpoint
from workflow.post.mailbox import open_mailbox
from workflow.post.smtp import Relay
from workflow.states import Transport

MECHANISMS = ("xoauth2", "oauthbearer")


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    """No test has the tokens of another."""
    bearer._kept.clear()
    bearer._renewed.clear()
    yield


class Tokens(SMTP):
    """A relay that knows one token, and refuses any other in the two steps of the standards."""

    good, heard, steps = "fresh", [], []  # type: ignore[var-annotated]

    async def _take(self, mechanism: str, arguments: list[str]) -> Any:
        words = base64.b64decode(arguments[1]).decode()
        token = words.partition("auth=Bearer ")[2].partition("\x01")[0]
        type(self).heard.append((mechanism, token))
        if token == self.good:
            return AuthResult(success=True)
        error = base64.b64encode(b'{"status":"401","schemes":"bearer"}').decode()
        type(self).steps.append(await self.challenge_auth(error, encode_to_b64=False))
        return AuthResult(success=False, handled=False)

    async def auth_XOAUTH2(self, _: Any, arguments: list[str]) -> Any:
        return await self._take("xoauth2", arguments)

    async def auth_OAUTHBEARER(self, _: Any, arguments: list[str]) -> Any:
        return await self._take("oauthbearer", arguments)


@pytest.fixture
def relay(certificate: Path, server_tls: Any) -> Iterator[str]:
    """The address of a relay, up to its settings."""
    Tokens.heard, Tokens.steps = [], []
    with serving(Taking(), smtp=Tokens, tls_context=server_tls, auth_required=True) as port:
        yield f"smtp://me@127.0.0.1:{port}?cafile={certificate}"


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_refused_token_is_replaced_by_a_fresh_one_once(mechanism: str, relay: str, tmp_path: Path) -> None:
    with tokens.serving("stale", "fresh") as endpoint:
        url = f"{relay}&auth={mechanism}&oauth={endpoint.describe(tmp_path)}"
        assert sent(url).transport is Transport.ACCEPTED
        assert Tokens.heard == [(mechanism, "stale"), (mechanism, "fresh")]
        assert sent(url).transport is Transport.ACCEPTED  # The one that was good is kept.
        assert len(endpoint.asked) == 2
    assert endpoint.asked[0] == {
        "client_id": "chancery",
        "client_secret": "s3cret-of-the-client",
        "grant_type": "refresh_token",
        "refresh_token": "s3cret-to-refresh",
    }


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_token_that_stays_refused_ends_in_one_sentence(
    mechanism: str, relay: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with tokens.serving("s3cret-1", "s3cret-2", "s3cret-3") as endpoint:
        with pytest.raises(RelayDown) as refused:
            sent(f"{relay}&auth={mechanism}&oauth={endpoint.describe(tmp_path)}")
        assert [token for _, token in Tokens.heard] == ["s3cret-1", "s3cret-2"]
        assert len(Tokens.steps) == 2  # The relay's first word is answered, so that it says its last one.
    answer = refused.value.answer
    assert (answer.step, answer.code) == (Step.AUTH, 535)
    assert "s3cret" not in f"{refused.value}{refused.value!r}{caplog.text}"


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_the_mailbox_takes_a_fresh_token_too(
    mechanism: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with (
        ImapServer(tmp_path, token="fresh-s3cret") as server,
        tokens.serving("s3cret", "fresh-s3cret") as endpoint,
    ):
        server.bring(b"Subject: x\r\n\r\ny")
        url = server.url("", f"&auth={mechanism}&oauth={endpoint.describe(tmp_path)}")
        with open_mailbox(url) as box:
            assert [raw for _, raw in box.messages()] == [b"Subject: x\r\n\r\ny"]
        assert server.logins == ["refused", "token"] and len(endpoint.asked) == 2
        with open_mailbox(url):
            pass
        assert server.logins == ["refused", "token", "token"] and len(endpoint.asked) == 2
        server.token = "another"
        with (
            pytest.raises(Unavailable, match="did not accept the access token") as refused,
            open_mailbox(url),
        ):
            pass
        # Its grant gave the same token again, so nothing was tried a second time.
        assert server.logins[3:] == ["refused"] and refused.value.code == "mailbox-login"
    assert "s3cret" not in caplog.text and "s3cret" not in f"{refused.value!r}{box!r}"


def test_a_token_file_that_another_program_renews_is_read_again(relay: str, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("stale\n")
    url = f"{relay}&auth=xoauth2&tokenfile={file}"
    with pytest.raises(RelayDown):
        sent(url)
    assert [token for _, token in Tokens.heard] == ["stale"]
    file.write_text("fresh\n")
    assert sent(url).transport is Transport.ACCEPTED
    file.unlink()
    with pytest.raises(RelayDown, match="tokenfile"):
        sent(url)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("invalid_grant", "refresh token has expired or was revoked"),
        ("invalid_client", "does not know the client"),
        ("temporarily_unavailable", "status 400, temporarily_unavailable"),
        ("<b>odd</b>", r"status 400\)"),
    ],
)
def test_the_doctor_says_why_the_endpoint_gave_none(
    error: str, said: str, relay: str, tmp_path: Path, certificate: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with tokens.serving("never") as endpoint:
        endpoint.error = error
        file = endpoint.describe(tmp_path)
        settings = make_settings(
            tmp_path,
            smtp_url=f"{relay}&auth=xoauth2&oauth={file}",
            imap_url=f"imaps://me@localhost:1/INBOX?auth=oauthbearer&oauth={file}",
        ).model_copy(update={"mode": "production"})
        (found,) = doctor.relay(settings)
        with pytest.raises(Unavailable, match=said) as refused:
            list(doctor.mailbox(settings))
    assert found.state == "fault" and "token endpoint 127.0.0.1" in found.sentence
    assert "token endpoint 127.0.0.1" in refused.value.sentence
    assert "s3cret" not in f"{found}{refused.value!r}{caplog.text}" and "<b>" not in found.sentence
    assert Tokens.heard == []


@pytest.mark.parametrize(
    "body",
    [b"[]", b"nothing", b"{}", b'{"access_token": 7}', b'{"access_token": "a\\r\\nQUIT"}', b"[" * 99_999],
)
def test_what_is_no_answer_is_refused(body: bytes, tmp_path: Path) -> None:
    with tokens.serving("x") as endpoint:
        endpoint.body = body
        with pytest.raises(Unavailable, match="gave no access token"):
            Bearer(oauth=str(endpoint.describe(tmp_path))).token()


def test_a_client_without_a_refresh_token_asks_by_its_own_credentials(tmp_path: Path) -> None:
    with tokens.serving("one") as endpoint:
        file = endpoint.describe(tmp_path, refresh_token="", scope="https://mail.example/.default")
        assert Bearer(oauth=str(file)).token() == "one"
    assert endpoint.asked == [
        {
            "client_id": "chancery",
            "client_secret": "s3cret-of-the-client",
            "scope": "https://mail.example/.default",
            "grant_type": "client_credentials",
        }
    ]


def test_a_renewed_refresh_token_is_kept_for_the_owner_alone(tmp_path: Path) -> None:
    with tokens.serving("one", "two") as endpoint:
        endpoint.renews, endpoint.lasts = "s3cret-anew", 30
        file = endpoint.describe(tmp_path)
        source = Bearer(oauth=str(file))
        assert [source.token(), source.token()] == ["one", "two"]  # One that ends so soon is not kept.
        assert endpoint.asked[1]["refresh_token"] == "s3cret-anew"
    assert json.loads(file.read_text())["refresh_token"] == "s3cret-anew"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["oauth.json"]


@pytest.mark.parametrize(
    "given",
    [
        "",
        "[]",
        '{"token_url": "https://x.example"}',
        '{"token_url": "https://x.example", "client_id": "a", "more": "b"}',
        '{"token_url": "http://login.example", "client_id": "a"}',
        '{"token_url": "https://x.example", "client_id": 7}',
    ],
)
def test_a_faulty_description_is_refused(given: str, tmp_path: Path) -> None:
    file = tmp_path / "oauth.json"
    file.write_text(given)
    with pytest.raises(Invalid, match=r"token endpoint"):
        Bearer(oauth=str(file)).token()


@pytest.mark.parametrize(
    "more", ["oauth=/x", "auth=plain&oauth=/x", "auth=xoauth2&oauth=/x&tokenfile=/y", "auth=cram-md5"]
)
def test_settings_of_the_relay_that_cannot_be(more: str) -> None:
    with pytest.raises(Invalid, match="CHANCERY_SMTP_URL is not usable"):
        Endpoint.parse(f"smtp://u:s3cret@relay.example?{more}")


def test_oauthbearer_writes_the_user_as_the_standard_has_it() -> None:
    said = bearer.response("oauthbearer", "a,b=c@s.example", "t", "relay.example", 587)
    assert said == b"n,a=a=2Cb=3Dc@s.example,\x01host=relay.example\x01port=587\x01auth=Bearer t\x01\x01"


def test_mail_of_the_login_goes_by_the_token_as_well(relay: str, tmp_path: Path) -> None:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Reset", "registry@s.example", "me@s.example"
    message.set_content("A long line of words: ключ.")
    with tokens.serving("stale", "fresh") as endpoint:
        url = f"{relay}&auth=oauthbearer&oauth={endpoint.describe(tmp_path)}"
        accounts._send(Endpoint.parse(url), message)
    assert Tokens.heard[-1] == ("oauthbearer", "fresh")


def test_the_relay_shows_nothing_of_a_token(tmp_path: Path) -> None:
    shown = repr(Relay("smtp://me:s3cret@relay.example?auth=xoauth2"))
    assert "s3cret" not in shown and "s3cret" not in repr(Bearer("s3cret"))
