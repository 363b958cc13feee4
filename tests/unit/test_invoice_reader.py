"""Files that suppliers send are as large as they may be, whatever is in them."""

import pytest

from odoo.addons.coworking_incubation import invoice_reader as reader

MEGABYTE = 1 << 20


def bill(size):
    """An electronic invoice with its PDF in it, as text of that size."""
    return b"<Invoice xmlns='%s'><Note>June</Note><Pdf>%s</Pdf></Invoice>" % (
        reader.UBL[0].partition("}")[0][1:].encode(),
        b"A" * size,
    )


def test_an_electronic_invoice_may_have_its_pdf_in_it():
    document = reader.read(bill(6 * MEGABYTE))
    assert document.is_invoice
    assert reader.describe(document.root).text == "June"


def test_what_comes_out_of_a_pdf_is_bounded_more_closely():
    with pytest.raises(reader.UploadRefused, match="hostile"):
        reader.parse_xml(bill(6 * MEGABYTE))


def test_what_is_larger_than_files_may_be_is_refused_for_its_size():
    for read in (reader.read, reader.parse_file):
        with pytest.raises(reader.UploadRefused, match="too_large"):
            read(bill(reader.MAX_FILE))
