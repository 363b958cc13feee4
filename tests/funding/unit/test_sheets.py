"""Pages of long printed tables."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.coworking_incubation_funding.sheets import fill_pages

HEIGHTS = st.lists(st.integers(1, 9))


@given(heights=HEIGHTS, first=st.integers(9, 30), others=st.integers(9, 40))
def test_each_row_is_on_one_page_in_its_order_and_no_page_is_too_high(heights, first, others):
    pages = fill_pages(heights, lambda height: height, first, others)
    assert [height for page in pages for height in page] == heights
    assert sum(pages[0]) <= first
    assert all(0 < sum(page) <= others for page in pages[1:])


@given(height=st.integers(10, 99))
def test_a_row_that_is_higher_than_a_page_has_one_of_its_own(height):
    pages = fill_pages([1, height, 1], lambda row: row, 5, 5)
    assert pages == [[1], [height], [1]]
