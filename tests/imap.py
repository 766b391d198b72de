"""A small IMAP server over TLS for tests: one folder, one connection a thread, and a line that can be cut."""

from __future__ import annotations

import base64
import re
import socket
import ssl
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

CAPABILITIES = "IMAP4rev1 MOVE UIDPLUS AUTH=XOAUTH2"


def certificate(folder: Path) -> Path:
    """A certificate for localhost with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "imap.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


class ImapServer:
    """A mailbox with messages by UID; `seen` are those that were moved away, `logins` how people came in."""

    def __init__(self, folder: Path, *, token: str = "", idle: bool = True) -> None:
        self.pem = certificate(folder)
        self.token, self.idle = token, idle
        self.messages: dict[int, bytes] = {}
        self.moved: dict[int, bytes] = {}
        self.logins: list[str] = []
        self.idling = threading.Event()
        self._next = 1
        self._lock = threading.RLock()
        self._lines: list[ssl.SSLSocket] = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.pem)
        self._context = context
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> ImapServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            # Whoever waits for a caller wakes up; closing alone would leave it waiting.
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self.cut()
        self._thread.join(5)

    def url(self, password: str = "secret", more: str = "") -> str:
        """The address of this mailbox."""
        return f"imaps://notes:{password}@localhost:{self.port}/INBOX?cafile={self.pem}{more}"

    def bring(self, raw: bytes) -> int:
        """A new message; whoever idles is told of it."""
        with self._lock:
            uid, self._next = self._next, self._next + 1
            self.messages[uid] = raw
            for line in self._lines:
                with suppress(OSError):
                    line.sendall(b"* %d EXISTS\r\n" % len(self.messages))
            return uid

    def cut(self) -> None:
        """Every connection is lost without a word."""
        with self._lock:
            lines, self._lines = self._lines, []
        for line in lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            with suppress(OSError):
                line.close()

    def _accept(self) -> None:
        while True:
            try:
                plain, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(plain,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        try:
            line = self._context.wrap_socket(plain, server_side=True)
        except OSError:
            plain.close()
            return
        with self._lock:
            self._lines.append(line)
        with suppress(OSError, ValueError), line, line.makefile("rb") as commands:
            line.sendall(f"* OK [CAPABILITY {self._capabilities()}] ready to serve\r\n".encode())
            for raw in commands:
                tag, _, rest = raw.decode().strip().partition(" ")
                if not self._answer(line, commands, tag, rest):
                    return

    def _capabilities(self) -> str:
        return CAPABILITIES + (" IDLE" if self.idle else "")

    def _answer(self, line: ssl.SSLSocket, commands: object, tag: str, rest: str) -> bool:
        def say(*texts: str | bytes) -> None:
            line.sendall(b"".join(one if isinstance(one, bytes) else f"{one}\r\n".encode() for one in texts))

        word = rest.upper()
        if word.startswith("CAPABILITY"):
            say(f"* CAPABILITY {self._capabilities()}", f"{tag} OK done")
        elif word.startswith("AUTHENTICATE"):
            say("+ ")
            given = base64.b64decode(commands.readline().strip()).decode()  # type: ignore[attr-defined]
            good = f"auth=Bearer {self.token}\x01" in given
            self.logins.append("token" if good else "refused")
            say(f"{tag} OK done" if good else f"{tag} NO [AUTHENTICATIONFAILED] no")
        elif word.startswith("LOGIN"):
            good = not self.token
            self.logins.append("password" if good else "refused")
            say(f"{tag} OK done" if good else f"{tag} NO [AUTHENTICATIONFAILED] passwords are off")
        elif word.startswith("SELECT"):
            say(f"* {len(self.messages)} EXISTS", "* OK [UIDVALIDITY 7]", f"{tag} OK [READ-WRITE]")
        elif word.startswith("LIST"):
            say('* LIST () "/" "Processed"', f"{tag} OK done")
        elif word.startswith("UID SEARCH"):
            say("* SEARCH " + " ".join(map(str, sorted(self.messages))), f"{tag} OK done")
        elif match := re.match(r"UID FETCH (\d+)", word):
            raw = self.messages.get(int(match[1]))
            if raw is not None:
                size = re.search(r"<0\.(\d+)>", rest)
                part = raw[: int(size[1])] if size else raw
                say(f"* 1 FETCH (UID {match[1]} BODY[]<0> {{{len(part)}}}", part, b")\r\n")
            say(f"{tag} OK done")
        elif match := re.match(r"UID (STORE|MOVE) (\d+)", word):
            if match[1] == "MOVE" and int(match[2]) in self.messages:
                with self._lock:
                    self.moved[int(match[2])] = self.messages.pop(int(match[2]))
            say(f"{tag} OK done")
        elif word == "IDLE":
            say("+ idling")
            self.idling.set()
            done = commands.readline()  # type: ignore[attr-defined]
            self.idling.clear()
            say(f"{tag} OK done" if done else "* BYE bye")
        elif word == "LOGOUT":
            say("* BYE bye", f"{tag} OK done")
            return False
        else:
            say(f"{tag} OK done")
        return True
