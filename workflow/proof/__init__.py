"""Proof that travels: packs of evidence that anybody can check without us.

`merkle`   roots over many pieces of evidence, and a short proof for each
`pack`     files with a manifest of their digests, as one ZIP: the same bytes for the same files
`sent`     whether a message that was made again is what was recorded before it left
`covering` personal links covered in the files of a pack, byte for byte as long
`check`    whether a pack is whole: its files, its evidence, the proofs into the log's entries

Nothing here knows a database.  Whether the log itself still says the same, `workflow.operations.packs` asks.
"""
