"""The form field of the seal: a widget in the structure tree, as PDF/A-2 level A and PDF/UA-1 want it.

ISO 14289-1, 7.18: an annotation has a place in the logical structure (a Form element for a widget),
a name for people who do not see it, and its page follows the order of the structure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

NAME = "Seal"


@dataclass(frozen=True)
class Spot:
    """Where a stamp stands: the index of its page, and its box in points from the lower left corner."""

    page: int
    box: tuple[float, float, float, float]


def add(writer: IncrementalPdfFileWriter, words: str, spot: Spot | None) -> None:
    """Adds the empty field; `words` name it to a screen reader, and without `spot` it is not seen.

    An unseen field is a widget without extent on the first page: neither hidden nor outside the
    page, which PDF/A forbids (ISO 19005-2, 6.3.2).
    """
    spec = SigFieldSpec(
        NAME,
        on_page=spot.page if spot else 0,
        box=spot.box if spot else (0, 0, 0, 0),  # type: ignore[arg-type]
        readable_field_name=words,
    )
    append_signature_field(writer, spec)
    _tag(writer, spec.on_page, words)


def _tag(writer: IncrementalPdfFileWriter, page: int, words: str) -> None:
    root: Any = writer.root
    if "/StructTreeRoot" not in root:
        return
    tree = root["/StructTreeRoot"]
    named = root["/AcroForm"]["/Fields"]
    widget_ref = named.raw_get(len(named) - 1)
    widget, page_ref = widget_ref.get_object(), writer.find_page_for_modification(page)[0]
    # The element hangs under the document's own, the last of its children: the seal is set last.
    parent_ref = _document(tree)
    parent: Any = parent_ref.get_object()
    element = writer.add_object(
        generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/StructElem"),
                pdf_name("/S"): pdf_name("/Form"),
                pdf_name("/P"): generic.IndirectObject(parent_ref.idnum, parent_ref.generation, writer),
                pdf_name("/Pg"): page_ref,
                pdf_name("/Alt"): generic.pdf_string(words),
                pdf_name("/K"): generic.DictionaryObject(
                    {
                        pdf_name("/Type"): pdf_name("/OBJR"),
                        pdf_name("/Obj"): widget_ref,
                        pdf_name("/Pg"): page_ref,
                    }
                ),
            }
        )
    )
    kids = parent["/K"]
    if not isinstance(kids, generic.ArrayObject):
        kids = parent[pdf_name("/K")] = generic.ArrayObject([parent.raw_get("/K")])
    kids.append(element)
    writer.update_container(kids)
    writer.mark_update(parent_ref)
    number = int(tree.get("/ParentTreeNextKey", 0))
    widget[pdf_name("/StructParent")] = generic.NumberObject(number)
    tree[pdf_name("/ParentTreeNextKey")] = generic.NumberObject(number + 1)
    writer.update_container(tree)
    numbers = tree["/ParentTree"]
    if "/Nums" not in numbers:
        raise ValueError("the parent tree of the letter has grown branches")
    numbers["/Nums"].extend([generic.NumberObject(number), element])
    writer.update_container(numbers["/Nums"])
    page_object = page_ref.get_object()
    page_object[pdf_name("/Tabs")] = pdf_name("/S")
    writer.update_container(page_object)


def _document(tree: generic.DictionaryObject) -> generic.Reference:
    """The structure element of the whole document."""
    kids = tree["/K"]
    first = kids.raw_get(0) if isinstance(kids, generic.ArrayObject) else tree.raw_get("/K")
    assert isinstance(first, generic.IndirectObject)
    return first.reference
