"""Translation memory and glossary: what was said before, and the words to say it with.

Knows sessions and rows, and neither notes' operations nor the web.

`words`       words of a text and their stems; what a memory counts as the same text
`placeables`  a text with its slots, numbers, dates and addresses taken out
`index`       which units share words with a paragraph, on any database alike
`units`       accepted pairs in, withdrawn pairs out
`matching`    exact, slot-insensitive and fuzzy matches of a paragraph, ranked
`search`      every past pair that says a phrase, whatever its inflection
`glossary`    terms in a text by stem, forbidden variants, dates of validity
`tmx`, `tbx`  exchange with other tools (TMX 1.4b; TBX, ISO 30042); `markup` reads them safely
`machine`     a translation engine that may be asked, as a port
"""
