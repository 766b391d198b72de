"""The intake of enclosures: what is checked before anything opens a file.

`workflow.letters.enclosure` is the public face.  The parts of the intake:

recognise     what a file is by its content, and whether its name says so too
archive       a ZIP container read entry by entry, under limits of bytes read
markup        XML parts without DTD, entities or external style sheets
opc           content types and relationships of Office Open XML packages
word, fields  DOCX: elements, field codes, tracked changes, comments
spreadsheet   XLSX: connections, links to other workbooks, formulas that reach out
opendocument  ODT: links, scripts, embedded objects
binaries      the parts that are no XML: pictures, fonts, printer settings
image         PNG and JPEG
pdf           PDF, walked object by object in a child process
cleaning      the copy that is converted: without changes, comments, workbooks of charts
sandbox       a child process with limits, a private folder and no network
conversion    LibreOffice inside the sandbox; its output is checked like an upload
scanner       an optional virus scanner (clamd)
"""
