"""What leaves in a list: nobody left out without a word, no name of a column that nobody knows."""

from ..common import CoworkingCase


class TestExports(CoworkingCase):
    def test_the_list_of_participants_leaves_out_no_closed_file(self):
        """An export holds what the list shows, and the list opens with no filter that hides."""
        action = self.env.ref("coworking_incubation.coworking_participant_action")
        self.assertNotIn("search_default", action.context)
        self.assertFalse(action.domain)

    def test_what_the_form_alone_asks_is_not_offered_for_export(self):
        """It would be offered as May Write, in English."""
        for model in ("coworking.participant", "coworking.objective", "coworking.review"):
            if "may_write" in self.env[model]._fields:
                described = self.env[model].fields_get(["may_write"], ["exportable"])
                self.assertFalse(described["may_write"]["exportable"], model)
        self.assertIn("may_write", self.env["coworking.participant"]._fields)
