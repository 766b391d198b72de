"""The pages before the desk, shown by Flask-Security itself over an empty database."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel
from flask_security import Security, SQLAlchemySessionUserDatastore, hash_password
from flask_security.models import sqla
from flask_wtf import CSRFProtect
from lxml import html
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, scoped_session, sessionmaker
from sqlalchemy.pool import StaticPool

sys.path.insert(0, str(Path(__file__).parent / "pages"))
import sample_pages

from web import theme
from web.views.chrome import Chrome
from web.views.endpoints import ENDPOINTS

# Flask-Security 5.9 still passes choices the way WTForms 3.3 is about to drop.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples:DeprecationWarning")
PASSWORD = "a sentence that only they know"


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    class Base(DeclarativeBase):
        pass

    sqla.FsModels.set_db_info(base_model=Base)

    class Role(Base, sqla.FsRoleMixin):
        __tablename__ = "role"

    class User(Base, sqla.FsUserMixin):
        __tablename__ = "user"

    class WebAuthn(Base, sqla.FsWebAuthnMixin):
        __tablename__ = "webauthn"

    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    Base.metadata.create_all(engine)
    session = scoped_session(sessionmaker(engine))
    app = Flask("doors", template_folder=str(theme.PAGES))
    app.config.update(
        SECRET_KEY="for tests only", SECURITY_PASSWORD_SALT="for tests only", SECURITY_PASSWORD_HASH="plaintext",
        SECURITY_PASSWORD_SCHEMES=["plaintext"], SECURITY_RECOVERABLE=True, SECURITY_CHANGEABLE=True,
        SECURITY_TWO_FACTOR=True, SECURITY_TWO_FACTOR_REQUIRED=False, SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_TOTP_SECRETS={"1": "for-tests-only-for-tests-only-00"}, SECURITY_TOTP_ISSUER="Chancery",
        SECURITY_MULTI_FACTOR_RECOVERY_CODES=True, SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
        SECURITY_SEND_PASSWORD_RESET_EMAIL=False, SECURITY_FRESHNESS_GRACE_PERIOD=timedelta(hours=1),
    )  # fmt: skip
    Babel(app)
    CSRFProtect(app)
    store = SQLAlchemySessionUserDatastore(session, User, Role)
    Security(app, store)
    theme.init_app(app, chrome=lambda: Chrome("The Secretariat"), zone=lambda: sample_pages.ZONE)
    for endpoint in ENDPOINTS:
        app.add_url_rule(endpoint.rule, endpoint.name, lambda **_: "", methods=list(endpoint.methods))
    with app.app_context():
        store.create_user(email="registry@secretariat.example", password=hash_password(PASSWORD))
        session.commit()
    yield app
    session.remove()
    engine.dispose()


def sound(text: str) -> html.HtmlElement:
    page = html.fromstring(text)
    assert len(page.findall(".//h1")) == 1
    assert page.xpath("//@style") == []
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for field in page.xpath("//main//input[not(@type='hidden' or @type='submit')]"):
        assert page.xpath(f"//label[@for='{field.get('id')}']"), field.get("name")
    assert page.xpath("//main//form[@method='post']//input[@name='csrf_token']")
    assert page.xpath("//link[contains(@href, 'chancery.css')]")
    return page


@pytest.mark.parametrize("path", ["/login", "/reset"])
def test_a_stranger_sees_the_theme(app: Flask, path: str) -> None:
    sound(app.test_client().get(path).text)


def test_a_wrong_password_says_so_and_a_right_one_opens_the_desk(app: Flask) -> None:
    client = app.test_client()

    def post(password: str) -> object:
        token = sound(client.get("/login").text).xpath("//input[@name='csrf_token']/@value")[0]
        return client.post(
            "/login",
            data={"email": "registry@secretariat.example", "password": password, "csrf_token": token},
        )

    wrong = post("not this one")
    assert sound(wrong.text).xpath("//*[contains(@class, 'err')] | //*[@role='alert']")
    assert post(PASSWORD).status_code == 302
    for path in ("/change", "/tf-setup", "/mf-recovery-codes"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        sound(answer.text)
    page = sound(client.get("/tf-setup").text)
    token = page.xpath("//input[@name='csrf_token']/@value")[0]
    shown = client.post("/tf-setup", data={"setup": "authenticator", "csrf_token": token})
    square = sound(shown.text)
    assert square.xpath("//img[@class='qr']/@src")[0].startswith("data:image/")
    assert square.xpath("//input[@name='code']")
