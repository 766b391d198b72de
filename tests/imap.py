"""A small IMAP server over TLS for tests: one folder, one connection a thread, and faults on demand."""

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

CAPABILITIES = "IMAP4rev1 UIDPLUS AUTH=XOAUTH2"


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
    """A mailbox with messages by UID; `moved` are those that were moved away, `logins` how people came in.

    Faults go by the command, such as "UID FETCH": `refuse` has the server say NO to it, `lose` has the line cut
    before it is done, or after it where the command stands there with a "+", `mute` has it never answer, and
    `aside` has these lines sent unasked before the answer.
    """

    def __init__(self, folder: Path, *, token: str = "", idle: bool = True) -> None:
        self.pem = certificate(folder)
        self.token, self.idle = token, idle
        self.validity, self.read_only, self.keywords, self.moves = 7, False, True, True
        self.folders = {"INBOX", "Processed"}
        self.refuse: dict[str, str] = {}
        self.lose: str = ""
        self.mute: str = ""
        self.aside: dict[str, list[str]] = {}
        self.commands: list[str] = []
        self.flags: dict[int, set[str]] = {}
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

    def make_anew(self, *messages: bytes) -> None:
        """The folder is removed and made again under its name; whoever has it open is not told."""
        with self._lock:
            self.validity, self._next = self.validity + 1, 1
            self.messages, self.flags = {}, {}
        for raw in messages:
            self.bring(raw)

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
        return CAPABILITIES + " MOVE" * self.moves + " IDLE" * self.idle

    def _found(self, words: list[str]) -> list[int]:
        """The UIDs that a search finds."""

        def holds(flags: set[str]) -> bool:
            left = iter(words)
            for word in left:
                if word in ("KEYWORD", "UNKEYWORD"):
                    if (next(left) in flags) != (word == "KEYWORD"):
                        return False
                elif (f"\\{word.removeprefix('UN')}" in flags) == word.startswith("UN"):
                    return False
            return True

        return [uid for uid in sorted(self.messages) if holds(self.flags.get(uid, set()))]

    def _answer(self, line: ssl.SSLSocket, commands: object, tag: str, rest: str) -> bool:
        def say(*texts: str | bytes) -> None:
            line.sendall(b"".join(one if isinstance(one, bytes) else f"{one}\r\n".encode() for one in texts))

        word = rest.upper()
        name = " ".join(word.split()[: 2 if word.startswith("UID") else 1])
        self.commands.append(name)
        if name == self.lose:
            line.shutdown(socket.SHUT_RDWR)
            return False
        if name == self.mute:
            return True
        if name in self.refuse:
            say(f"{tag} NO {self.refuse[name]}")
            return True
        for unasked in self.aside.get(name, ()):
            say(unasked)
        done = f"{tag} OK done"
        if word.startswith("CAPABILITY"):
            say(f"* CAPABILITY {self._capabilities()}", done)
        elif word.startswith("AUTHENTICATE"):
            say("+ ")
            given = base64.b64decode(commands.readline().strip()).decode()  # type: ignore[attr-defined]
            good = f"auth=Bearer {self.token}\x01" in given
            self.logins.append("token" if good else "refused")
            say(done if good else f"{tag} NO [AUTHENTICATIONFAILED] no")
        elif word.startswith("LOGIN"):
            good = not self.token
            self.logins.append("password" if good else "refused")
            say(done if good else f"{tag} NO [AUTHENTICATIONFAILED] passwords are off")
        elif word.startswith("SELECT"):
            if rest.split()[1].strip('"') not in self.folders:
                say(f"{tag} NO [NONEXISTENT] no such folder")
                return True
            flags = r"* OK [PERMANENTFLAGS (\Seen \Deleted" + r" \*" * self.keywords + ")] limited"
            mode = "READ-ONLY" if self.read_only else "READ-WRITE"
            say(
                f"* {len(self.messages)} EXISTS",
                flags,
                f"* OK [UIDVALIDITY {self.validity}]",
                f"{tag} OK [{mode}]",
            )
        elif word.startswith("LIST"):
            say(*(f'* LIST () "/" "{one}"' for one in self.folders if one.upper() in word), done)
        elif word.startswith("CREATE"):
            self.folders.add(rest.split()[1].strip('"'))
            say(done)
        elif word.startswith("UID SEARCH"):
            say("* SEARCH " + " ".join(map(str, self._found(word.split()[2:]))), done)
        elif match := re.match(r"UID FETCH (\d+)", word):
            raw = self.messages.get(int(match[1]))
            if raw is not None:
                size = re.search(r"<0\.(\d+)>", rest)
                part = raw[: int(size[1])] if size else raw
                say(f"* 1 FETCH (UID {match[1]} BODY[]<0> {{{len(part)}}}", part, b")\r\n")
            say(done)
        elif match := re.match(r"UID (STORE|MOVE|COPY|EXPUNGE) ([\d,]+)(.*)", word):
            if match[1] in ("MOVE", "COPY") and "Processed" not in self.folders:
                say(f"{tag} NO [TRYCREATE] no such folder")
                return True
            for uid in map(int, match[2].split(",")):
                self._change(match[1], uid, re.findall(r"[\\\w]+", match[3].partition("(")[2]))
            say(done)
        elif word == "IDLE":
            say("+ idling")
            self.idling.set()
            ended = commands.readline()  # type: ignore[attr-defined]
            self.idling.clear()
            if self.mute != "DONE":
                say(done if ended else "* BYE bye")
        elif word == "LOGOUT":
            say("* BYE bye", done)
            return False
        else:
            say(done)
        if f"{name}+" == self.lose:
            line.shutdown(socket.SHUT_RDWR)
            return False
        return True

    def _change(self, verb: str, uid: int, flags: list[str]) -> None:
        with self._lock:
            if uid not in self.messages:
                return
            if verb == "STORE":
                self.flags.setdefault(uid, set()).update(flags)
            if verb in ("MOVE", "COPY"):
                self.moved[uid] = self.messages[uid]
            if verb == "MOVE" or (verb == "EXPUNGE" and "\\DELETED" in self.flags.get(uid, set())):
                del self.messages[uid]
