"""What a spreadsheet holds, and what it takes for a formula."""

# A sheet has 1,048,576 rows, and the first one has the names of the columns.
MOST_SHEET_ROWS = 1_048_575
MOST_SHEET_COLUMNS = 16_384
MOST_CELL_LETTERS = 32_767
# Text with one of these first characters is run as a formula; a regular expression.
BEGINS_A_FORMULA = r"\A[=+\-@\t\r]"
