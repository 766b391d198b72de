"""XLIFF against its standard and against another implementation."""

from __future__ import annotations

from functools import cache

import pytest
from lxml import etree
from translate.storage import xliff, xliff2
from translate.storage.placeables import StringElem

from tests.conftest import SHARED
from tests.schematron import broken
from tests.unit.exchange_samples import HANDOVER
from workflow import exchange
from workflow.errors import Refusal

SUITE = SHARED / "data" / "xliff-2.1"
needs_suite = pytest.mark.skipif(
    not (SUITE / "schemas").is_dir(), reason="OASIS's schemas for XLIFF 2.1 are not here"
)
FILES = sorted(path.name for path in (SUITE / "valid").glob("*")) or ["none"]
RULES = sorted(path.name for path in (SUITE / "schemas").glob("*.sch")) or ["none"]


class Local(etree.Resolver):
    """Finds the schema of xml:space and xml:lang beside the others."""

    def resolve(self, url: str, identity: str, context: object) -> object:
        if url.endswith("xml.xsd"):
            path = SUITE / "schemas" / "informativeCopiesOf3rdPartySchemas" / "w3c" / "xml.xsd"
            return self.resolve_filename(str(path), context)
        return None


@cache
def schema() -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Local())
    return etree.XMLSchema(etree.parse(str(SUITE / "schemas" / "xliff_core_2.0.xsd"), parser))


@needs_suite
def test_what_is_written_is_valid_by_the_schema() -> None:
    schema().assertValid(etree.fromstring(exchange.write(HANDOVER, "xliff-2.1")))


@needs_suite
@pytest.mark.parametrize("rules", RULES)
def test_what_is_written_keeps_the_rules(rules: str) -> None:
    assert broken(SUITE / "schemas" / rules, exchange.write(HANDOVER, "xliff-2.1")) == []


@needs_suite
def test_the_rules_that_are_run_do_find_faults() -> None:
    rules = SUITE / "schemas" / "xliff_core_2.1.sch"
    text = exchange.write(HANDOVER, "xliff-2.1").decode()
    for change in (
        text.replace('id="p12-3"', 'id="p11-0"'),
        text.replace('dataRef="d2"', 'dataRef="d9"', 1),
        text.replace(' trgLang="ru"', ""),
    ):
        assert broken(rules, change.encode())


@needs_suite
@pytest.mark.parametrize("name", FILES)
def test_the_valid_files_of_the_suite_are_read_and_known_as_foreign(name: str) -> None:
    data = (SUITE / "valid" / name).read_bytes()
    schema().assertValid(etree.fromstring(data))
    with pytest.raises(Refusal) as caught:
        exchange.match(HANDOVER, exchange.read(data, name))
    assert caught.value.code == "exchange-not-ours"
    assert "handed out" in caught.value.sentence


@needs_suite
def test_the_suite_is_read_for_what_it_says() -> None:
    def unit(name: str, number: int = 0):  # type: ignore[no-untyped-def]
        return exchange.read((SUITE / "valid" / name).read_bytes(), name).units[number]

    assert unit("withCDataSections.xlf").source
    joined = unit("everything-core.xlf")
    assert joined.source == ("Sample segment. Segment's content.",)
    # Its second segment comes first in the target.
    assert joined.target == ("Contenu du segment. Exemple de segment.",)


def test_a_round_trip_through_the_translate_toolkit_in_the_new_version() -> None:
    store = xliff2.Xliff2File.parsestring(exchange.write(HANDOVER, "xliff-2.1"))
    assert (store.sourcelanguage, store.targetlanguage) == ("en", "ru")
    units = {unit.getid(): unit for unit in store.units}
    assert list(units) == ["opening", "p11-0", "p12-3", "p13-1", "closing"]
    assert [name for name, unit in units.items() if not unit.istranslatable()] == ["opening", "closing"]
    assert units["p13-1"].isfuzzy() and units["p12-3"].istranslated()
    unit = units["p11-0"]
    _translate(unit)
    unit.marktranslated()
    unit.addnote("Checked twice.", "translator")
    returned = exchange.read(bytes(store), "a.xlf")
    (change,) = exchange.match(HANDOVER, returned).changes
    assert change.after == "направить {meeting} — {enclosed}."


def test_a_round_trip_through_the_translate_toolkit_in_the_old_version() -> None:
    store = xliff.xlifffile.parsestring(exchange.write(HANDOVER, "xliff-1.2"))
    units = {unit.getid().rpartition("\x04")[2]: unit for unit in store.units}
    assert list(units) == ["opening", "p11-0", "p12-3", "p13-1", "closing"]
    assert not units["closing"].istranslatable()
    _translate(units["p11-0"])
    units["p11-0"].marktranslated() if hasattr(units["p11-0"], "marktranslated") else None
    returned = exchange.read(bytes(store), "a.xlf")
    (change,) = exchange.match(HANDOVER, returned).changes
    assert change.after == "направить {meeting} — {enclosed}."


def _translate(unit) -> None:  # type: ignore[no-untyped-def]
    """A translation with the source's own codes, in another order."""
    codes = [part for part in unit.rich_source[0].sub if not isinstance(part, str) and part.id]
    assert [code.id for code in codes] == ["1", "2"]
    unit.rich_target = [StringElem(["направить ", codes[1].copy(), " — ", codes[0].copy(), "."])]


def test_a_target_without_its_codes_is_refused() -> None:
    store = xliff2.Xliff2File.parsestring(exchange.write(HANDOVER, "xliff-2.1"))
    next(unit for unit in store.units if unit.getid() == "p11-0").target = "направить"
    with pytest.raises(Refusal) as caught:
        exchange.match(HANDOVER, exchange.read(bytes(store), "a.xlf"))
    assert [str(one) for one in caught.value.details] == [
        "Paragraph 1: the code {enclosed} is missing in the translation.",
        "Paragraph 1: the code {meeting} is missing in the translation.",
    ]
