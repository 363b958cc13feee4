"""How sheets of workbooks look on paper."""

A4 = 9


def lay_out(sheet):
    """A4 on its side, and as many pages long as it takes: none is cut in its width.

    :param sheet: an ``xlsxwriter`` worksheet
    """
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.set_margins(left=0.3, right=0.3, top=0.4, bottom=0.4)
    sheet.fit_to_pages(1, 0)
