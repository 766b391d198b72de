"""The mailbox of returned mail: a real Maildir, and IMAP by a small server at IMAPClient's boundary."""

from __future__ import annotations

import os
import ssl
from pathlib import Path
from typing import Any

import pytest
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, IMAPClientReadOnlyError, LoginError

from workflow.errors import Invalid, Unavailable
from workflow.post.mailbox import ImapBox, MaildirBox, open_mailbox

PASSWORD = "s3cret/with@signs"
URL = "imaps://notes%40secretariat.example:s3cret%2Fwith%40signs@mail.example/Returned?processed=Done"


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    for part in ("tmp", "new", "cur"):
        (tmp_path / part).mkdir()
    return tmp_path


def put(folder: Path, name: str, raw: bytes, when: int = 0) -> Path:
    path = folder / "new" / name
    path.write_bytes(raw)
    os.utime(path, (when, when))
    return path


def test_a_maildir_gives_each_message_raw_in_order_of_arrival(maildir: Path) -> None:
    put(maildir, "b.host", b"Subject: first\r\n\r\n\xff\x00", when=1)
    put(maildir, "a.host", b"Subject: second\n\n", when=2)
    with open_mailbox(f"maildir://{maildir}") as box:
        assert list(box.messages()) == [
            ("b.host", b"Subject: first\r\n\r\n\xff\x00"),
            ("a.host", b"Subject: second\n\n"),
        ]


def test_a_message_waits_until_it_is_done_and_then_never_again(maildir: Path) -> None:
    put(maildir, "1.host", b"one", when=1)
    put(maildir, "2.host", b"two", when=2)
    box = MaildirBox(maildir)
    assert len(list(box.messages())) == 2
    assert len(list(box.messages())) == 2  # Nothing was committed in between.
    box.done("1.host")
    box.done("1.host")
    assert [key for key, _ in box.messages()] == ["2.host"]
    assert (maildir / "cur" / "1.host:2,S").read_bytes() == b"one"


def test_marking_while_reading_disturbs_nothing(maildir: Path) -> None:
    for number in range(20):
        put(maildir, f"{number:02}.host", b"x%d" % number, when=number)
    box = MaildirBox(maildir)
    seen = []
    for key, _ in box.messages():
        box.done(key)
        seen.append(key)
    assert seen == [f"{number:02}.host" for number in range(20)]
    assert list(box.messages()) == []


def test_what_is_no_message_is_left_alone(maildir: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "secret"
    elsewhere.write_text("not mail")
    (maildir / "new" / "link").symlink_to(elsewhere)
    (maildir / "new" / "folder").mkdir()
    put(maildir, ".hidden", b"being written")
    assert list(MaildirBox(maildir).messages()) == []


def test_a_message_that_another_reader_took_is_passed_over(maildir: Path) -> None:
    put(maildir, "1.host", b"one", when=1)
    put(maildir, "2.host", b"two", when=2)
    reading = MaildirBox(maildir).messages()
    next(reading)
    (maildir / "new" / "2.host").unlink()
    assert list(reading) == []


def test_a_huge_message_is_read_up_to_the_limit_and_kept_whole(maildir: Path) -> None:
    put(maildir, "1.host", b"x" * 5000)
    box = MaildirBox(maildir, limit=1000)
    assert [len(raw) for _, raw in box.messages()] == [1000]
    box.done("1.host")
    assert (maildir / "cur" / "1.host:2,S").stat().st_size == 5000


def test_a_maildir_that_is_not_there_yet_is_empty_and_one_that_is_a_file_is_away(tmp_path: Path) -> None:
    assert list(MaildirBox(tmp_path / "later").messages()) == []
    (tmp_path / "new").write_text("a file where the folder should be")
    with pytest.raises(Unavailable, match="cannot be read or changed"):
        list(MaildirBox(tmp_path).messages())


def test_a_key_cannot_leave_the_maildir(maildir: Path) -> None:
    with pytest.raises(ValueError, match="file's name"):
        MaildirBox(maildir).done("../../etc/passwd")


class Server:
    """The part of IMAPClient that the reader uses, over folders in memory."""

    def __init__(self, *capabilities: str) -> None:
        self.folders: dict[str, dict[int, bytes]] = {"Returned": {}}
        self.flags: dict[int, set[bytes]] = {}
        self.capabilities = set(capabilities)
        self.calls: list[tuple[Any, ...]] = []
        self.faults: dict[str, BaseException] = {}
        self.selected = ""

    def __call__(self, host: str, **options: Any) -> Server:
        self._call("connect", host, options["port"], options["ssl"])
        return self

    def _call(self, name: str, *details: Any) -> None:
        self.calls.append((name, *details))
        if name in self.faults:
            raise self.faults[name]

    def starttls(self, ssl_context: ssl.SSLContext) -> None:
        self._call("starttls", ssl_context.check_hostname)

    def login(self, user: str, password: str) -> None:
        self._call("login", user, password)

    def select_folder(self, folder: str) -> dict[bytes, int]:
        self._call("select", folder)
        self.selected = folder
        return {b"UIDVALIDITY": 77}

    def told_validity(self) -> int | None:
        return None

    def folder_exists(self, folder: str) -> bool:
        return folder in self.folders

    def create_folder(self, folder: str) -> None:
        self.folders[folder] = {}

    def search(self, criteria: list[str]) -> list[int]:
        self._call("search")
        found = []
        for uid in self.folders[self.selected]:
            flags = self.flags.get(uid, set())
            state = {
                "SEEN" if rb"\Seen" in flags else "UNSEEN",
                "DELETED" if rb"\Deleted" in flags else "UNDELETED",
            }
            found += [uid] if set(criteria) <= state else []
        return found[::-1]

    def fetch(self, uids: list[int], data: list[str]) -> dict[int, dict[bytes, Any]]:
        self._call("fetch", *data)
        (wanted,) = data
        assert wanted.startswith("BODY.PEEK[]<0.")  # Reading must not mark.
        limit = int(wanted.removeprefix("BODY.PEEK[]<0.").rstrip(">"))
        box = self.folders[self.selected]
        return {uid: {b"SEQ": 1, b"BODY[]<0>": box[uid][:limit]} for uid in uids if uid in box}

    def has_capability(self, name: str) -> bool:
        return name in self.capabilities

    def add_flags(self, uids: list[int], flags: list[bytes]) -> None:
        self._call("flags", *uids)
        for uid in uids:
            self.flags.setdefault(uid, set()).update(flags)

    def move(self, uids: list[int], folder: str) -> None:
        self._call("move", *uids)
        for uid in uids:
            self.folders[folder][uid] = self.folders[self.selected].pop(uid)

    def copy(self, uids: list[int], folder: str) -> None:
        self._call("copy", *uids)
        for uid in uids:
            self.folders[folder][uid] = self.folders[self.selected][uid]

    def delete_messages(self, uids: list[int]) -> None:
        self._call("delete", *uids)
        for uid in uids:
            self.flags.setdefault(uid, set()).add(rb"\Deleted")

    def uid_expunge(self, uids: list[int]) -> None:
        self._call("expunge", *uids)
        for uid in uids:
            del self.folders[self.selected][uid]

    def logout(self) -> None:
        self._call("logout")


def imap(server: Server, url: str = URL) -> ImapBox:
    box = ImapBox.parse(url)
    box.connect = server
    return box


@pytest.mark.parametrize("capabilities", [("MOVE",), ("UIDPLUS",), ()])
def test_imap_messages_wait_until_they_are_done(capabilities: tuple[str, ...]) -> None:
    server = Server(*capabilities)
    server.folders["Returned"] = {4: b"four", 9: b"nine\xff"}
    with imap(server) as box:
        assert list(box.messages()) == [("77.4", b"four"), ("77.9", b"nine\xff")]
        assert list(box.messages()) == [("77.4", b"four"), ("77.9", b"nine\xff")]
        box.done("77.4")
        assert [key for key, _ in box.messages()] == ["77.9"]
    assert server.folders["Done"] == {4: b"four"}
    assert server.calls[-1] == ("logout",)
    assert server.calls[:3] == [
        ("connect", "mail.example", 993, True),
        ("login", "notes@secretariat.example", PASSWORD),
        ("select", "Returned"),
    ]


def test_a_fault_between_copy_and_removal_leaves_two_copies_never_none() -> None:
    server = Server()
    server.folders["Returned"] = {4: b"four"}
    server.faults["delete"] = IMAPClientAbortError("connection lost")
    with imap(server) as box, pytest.raises(Unavailable):
        box.done("77.4")
    assert server.folders["Done"] == server.folders["Returned"] == {4: b"four"}


def test_a_message_that_a_person_looked_at_first_is_not_lost() -> None:
    server = Server("MOVE")
    server.folders["Returned"] = {4: b"looked at", 9: b"new", 11: b"thrown away"}
    server.flags = {4: {rb"\Seen"}, 11: {rb"\Deleted"}}
    with imap(server) as box:
        assert [raw for _, raw in box.messages()] == [b"new", b"looked at"]


def test_an_imap_message_is_read_up_to_the_limit() -> None:
    server = Server("MOVE")
    server.folders["Returned"] = {4: b"x" * 5000}
    box = imap(server)
    box.limit = 1000
    with box:
        assert [len(raw) for _, raw in box.messages()] == [1000]


def test_a_message_gone_from_the_server_is_passed_over() -> None:
    server = Server("MOVE")
    server.folders["Returned"] = {4: b"four", 9: b"nine"}
    with imap(server) as box:
        reading = box.messages()
        next(reading)
        del server.folders["Returned"][9]
        assert list(reading) == []


def test_a_key_of_a_folder_made_anew_is_refused() -> None:
    with imap(Server("MOVE")) as box:
        for key in ("76.4", "4", "77.x", "77."):
            with pytest.raises(ValueError, match="UIDVALIDITY"):
                box.done(key)


def test_an_open_line_is_encrypted_before_the_password_goes_over_it() -> None:
    server = Server()
    with imap(server, URL.replace("imaps:", "imap:")):
        pass
    assert [call[0] for call in server.calls[:3]] == ["connect", "starttls", "login"]
    assert server.calls[1] == ("starttls", True)
    refusing = Server()
    refusing.faults["starttls"] = IMAPClientError("STARTTLS not supported")
    with pytest.raises(Unavailable), imap(refusing, URL.replace("imaps:", "imap:")):
        pass
    assert "login" not in [call[0] for call in refusing.calls]


@pytest.mark.parametrize(
    ("step", "fault", "sentence"),
    [
        ("connect", ConnectionRefusedError("refused"), "connection refused"),
        ("connect", TimeoutError("slow"), "no answer in time"),
        ("connect", OSError("name not known"), "no connection"),
        ("connect", ssl.SSLCertVerificationError("expired"), "certificate"),
        ("login", LoginError(f"bad password {PASSWORD}"), "user or the password"),
        ("select", IMAPClientError("no such folder"), "does not open the folder"),
        ("select", IMAPClientReadOnlyError("not writable"), "for reading only"),
        ("search", IMAPClientAbortError(f"broken near {PASSWORD}"), "refused a command"),
        ("fetch", OSError("reset"), "no connection"),
    ],
)
def test_faults_of_the_connection_are_sentences_without_secrets(
    step: str, fault: BaseException, sentence: str
) -> None:
    server = Server("MOVE")
    server.folders["Returned"] = {4: b"four"}
    server.faults[step] = fault
    box = imap(server)
    with pytest.raises(Unavailable, match=sentence) as caught, box:
        list(box.messages())
    assert "mail.example" in caught.value.sentence
    assert caught.value.__cause__ is None and caught.value.__suppress_context__
    for text in (str(caught.value), repr(caught.value), repr(caught.value.values), repr(box), str(box)):
        assert "s3cret" not in text


@pytest.mark.parametrize(
    "url",
    [
        "",
        "imaps://",
        "pop3://user:s3cret@mail.example/",
        "imaps://mail.example/INBOX",
        "imaps://user@mail.example/INBOX",
        "imaps://user:s3cret@/INBOX",
        "imaps://user:s3cret@mail.example:port/INBOX",
        "imaps://user:s3cret@mail.example/INBOX?delete=yes",
        "imaps://user:s3cret@mail.example/INBOX?processed=",
        "maildir://",
        "maildir:///",
    ],
)
def test_a_faulty_address_gets_a_sentence_without_its_secret(url: str) -> None:
    with pytest.raises(Invalid, match="CHANCERY_IMAP_URL") as caught:
        open_mailbox(url)
    assert "s3cret" not in str(caught.value)


def test_the_parts_of_an_address() -> None:
    box = ImapBox.parse(URL)
    assert (box.host, box.port, box.secure, box.folder, box.processed) == (
        "mail.example",
        993,
        True,
        "Returned",
        "Done",
    )
    plain = ImapBox.parse("imap://u:p@mail.example:1143")
    assert (plain.port, plain.secure, plain.folder, plain.processed) == (1143, False, "INBOX", "Processed")
    assert isinstance(open_mailbox("maildir:///var/mail/bounces%20here"), MaildirBox)


def test_a_mailbox_that_was_not_opened_says_so() -> None:
    with pytest.raises(RuntimeError, match="with statement"):
        list(ImapBox.parse(URL).messages())
