"""How tables look on paper, out of a workbook or as a PDF."""

A4 = 9


def lay_out(sheet):
    """A4 on its side, and as many pages long as it takes: none is cut in its width.

    :param sheet: an ``xlsxwriter`` worksheet
    """
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.set_margins(left=0.3, right=0.3, top=0.4, bottom=0.4)
    sheet.fit_to_pages(1, 0)


def fill_pages(items, weigh, first, others):
    """Rows of a long table, page by page: engines that make PDFs may cut a row in two, and print
    the head of a table once.

    :param weigh: what gives the height of an item, in the unit of the next two
    :param first: height of the first page
    :param others: height of all others
    :return: list of pages, lists of items: none is empty, but where there is nothing at all
    """
    pages, left = [[]], first
    for item in items:
        height = weigh(item)
        if height > left and pages[-1]:
            pages.append([])
            left = others
        pages[-1].append(item)
        left -= height
    return pages
