"""The seal of a dispatched PDF: the organisation's electronic seal as a PAdES signature (ETSI EN 319 142-1).

`keys`     where key and certificate are, and what can be read of them
`opening`  the key opened for one piece of work, from a file or a token
`certificates`  a certificate of one's own, to try sealing with
`drawing`  the visible stamp, drawn by the renderer of the letters
`field`    the form field that holds the seal, tagged as PDF/UA wants it
`sealing`  the unsealed PDF and the key in, the sealed PDF out
`verdict`  a sealed PDF in, what holds of its seal out

A sealed file is the unsealed one, byte for byte, with one update behind it: cutting the update off
gives the file that can be rendered again.
"""
