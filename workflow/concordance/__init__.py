"""Concordance: do the language versions of a note say the same?

`compare` takes whole notes, one text per language, and gives findings; it
computes them from data (the letter profile, its `concordance.toml`, and the
languages' own files) and knows no note and no organisation.

The map:

`engine`         the comparison from end to end
`types`          the closed list of types, and the finding
`reading`        a file's bytes as text
`text`, `words`  paragraphs; words, stems and lexicons
`language`       what is known of a language (`languages/<code>.toml`)
`rules`          what an organisation says (profile, `concordance.toml`)
`roles`          which paragraph is the number, the opening, the addressee
`facts`          what a paragraph says, whatever its words
`dates`, `times`, `ordinals`, `quantities`, `links`, `titles`   one kind of fact each
`structure`, `paragraphs`   which paragraph answers which; missing, added, moved
`context`, `differences`    findings, and the facts of one kind side by side
`numbers`, `pages`, `formulas`, `terms`, `forbidden`, `names`, `sound`, `abbreviations`, `quoted`   one noun each
`scripts`, `typography`     what is wrong within one version
"""

from workflow.concordance.engine import compare
from workflow.concordance.reading import read_text
from workflow.concordance.types import TYPES, Finding, as_json

__all__ = ["TYPES", "Finding", "as_json", "compare", "read_text"]
