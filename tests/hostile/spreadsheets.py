"""Hostile workbooks."""

from __future__ import annotations

from tests.hostile.clean import SHEET, workbook
from tests.hostile.registry import hostile

NAME = "list.xlsx"
SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def formula(text: str) -> bytes:
    return workbook(f'<row r="7"><c r="B7"><f>{text}</f></c></row>')


def part(name: str, relation: str, content: str, kind: str) -> bytes:
    return workbook(
        rows=((relation, name, False),), parts={f"xl/{name}": content}, kinds={f"xl/{name}": kind}
    )


@hostile("macros", "[Content_Types].xml", NAME)
def workbook_with_macros() -> bytes:
    return workbook(main_type="application/vnd.ms-excel.sheet.macroEnabled.main+xml")


@hostile("macros", "xl/macrosheets/sheet1.xml", NAME)
def macro_sheet() -> bytes:
    relation = "http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet"
    return part(
        "macrosheets/sheet1.xml", relation, f"<worksheet {SPACE}/>", "application/vnd.ms-excel.macrosheet+xml"
    )


@hostile("macros", "Auto_Open", NAME)
def name_that_runs_on_opening() -> bytes:
    return workbook(
        names='<definedNames><definedName name="Auto_Open">List!$A$1</definedName></definedNames>'
    )


@hostile("external_link", "xl/externalLinks/externalLink1.xml", NAME)
def other_workbook() -> bytes:
    return part(
        "externalLinks/externalLink1.xml",
        "externalLink",
        f"<externalLink {SPACE}/>",
        f"{SHEET}.externalLink+xml",
    )


@hostile("external_link", "sheet1.xml, B7", NAME)
def formula_into_another_file() -> bytes:
    return formula("'C:\\[book.xlsx]Sheet1'!A1")


@hostile("data_connection", "xl/connections.xml", NAME)
def connections() -> bytes:
    return part("connections.xml", "connections", f"<connections {SPACE}/>", f"{SHEET}.connections+xml")


@hostile("data_connection", "xl/queryTables/queryTable1.xml", NAME)
def query_table() -> bytes:
    return part(
        "queryTables/queryTable1.xml", "queryTable", f"<queryTable {SPACE}/>", f"{SHEET}.queryTable+xml"
    )


@hostile("data_connection", "xl/pivotCache/cache.xml", NAME)
def pivot_on_external_data() -> bytes:
    content = f'<pivotCacheDefinition {SPACE}><cacheSource type="external"/></pivotCacheDefinition>'
    return part("pivotCache/cache.xml", "pivotCacheDefinition", content, f"{SHEET}.pivotCacheDefinition+xml")


@hostile("external_field", "sheet1.xml, B7", NAME)
def dynamic_exchange_formula() -> bytes:
    return formula("cmd|'/c calc'!A0")


@hostile("external_field", "sheet1.xml, B7", NAME)
def formula_that_fetches() -> bytes:
    return formula('_xlfn.WEBSERVICE("http://127.0.0.1/")')


@hostile("external_field", "sheet1.xml, B7", NAME)
def formula_that_links_to_a_file() -> bytes:
    return formula('HYPERLINK("file:///C:/run.exe","open")')


@hostile("embedded_object", "xl/embeddings/oleObject1.bin", NAME)
def ole_object_in_workbook() -> bytes:
    return part("embeddings/oleObject1.bin", "oleObject", "x", "application/octet-stream")
