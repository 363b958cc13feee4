"""How tables look: in a workbook, on its paper, as a PDF."""

A4 = 9
HEAD, TOTAL = "#71639E", "#E6E3F0"


def lay_out(sheet):
    """A4 on its side, and as many pages long as it takes: none is cut in its width.

    :param sheet: an ``xlsxwriter`` worksheet
    """
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.set_margins(left=0.3, right=0.3, top=0.4, bottom=0.4)
    sheet.fit_to_pages(1, 0)


def get_money_format(currency):
    """How cells show an amount: #,##0.00 of euros, #,##0 where there are no cents."""
    digits = currency.decimal_places
    return f"#,##0.{'0' * digits}" if digits else "#,##0"


def add_formats(book):
    """What workbooks write titles, names and texts in.

    :return: dict name -> format of the ``book``
    """
    head = {"bold": True, "font_color": "white", "bg_color": HEAD, "border": 1}
    return {
        "title": book.add_format({"bold": True, "font_size": 16}),
        "head": book.add_format({**head, "text_wrap": True, "valign": "vcenter"}),
        "name": book.add_format({"bold": True, "valign": "top"}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
    }


def write_facts(sheet, title, facts, formats):
    """The first sheet of a workbook: what it is of, and what its words mean.

    :param facts: (name, text) in their order; two that are empty leave a line between
    :param formats: see ``add_formats``
    :return: number of the row below
    """
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 100)
    lay_out(sheet)
    sheet.write_string(0, 0, title, formats["title"])
    line = 2
    for name, text in facts:
        sheet.write_string(line, 0, name, formats["name"])
        sheet.write_string(line, 1, text or "", formats["text"])
        line += 1
    return line


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
