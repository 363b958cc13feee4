"""Pilotage with the funders' tiles, over the demonstration: what is behind each figure."""

from ...demo.common import PictureCase
from ..overview.test_overview import TILES


class TestFundersFigures(PictureCase):
    def test_the_list_behind_each_figure_has_as_many_rows_as_it_says(self):
        self.assertGreater(self._count_all_rows(), 500)
        shown = {name for program in self.programs for name in self._tiles(program)}
        self.assertLessEqual(TILES, shown)
