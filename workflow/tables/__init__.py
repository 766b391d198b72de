"""Tables that people keep in a spreadsheet program: read from CSV or XLSX, and written as either.

`reading`   the cells of a file, with the number of each line, whatever program saved it
`workbook`  XLSX, the one sheet that matters
`writing`   lines as a file that a spreadsheet opens and does not run
"""
