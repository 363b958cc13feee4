"""Pictures of the demonstration for the documentation, where ``DOCS_SCREENSHOTS`` asks for them."""

from .common import PICTURES, BrowserCase

# name, login, page, what tells that the page is there
PAGES = (
    ("demo_board", "accompagnement", "incubation", ".o_kanban_record"),
    ("demo_file", "accompagnement", "incubation-participants/%(file)s", ".o-mail-Message"),
    ("demo_todo", "accompagnement", "incubation-todo", ".o_data_row"),
    ("demo_seat", "coordination", "incubation-seats/%(seat)s", ".o-mail-Chatter"),
    ("demo_space", "coordination", "incubation-spaces/%(space)s", ".o_form_view"),
    ("demo_program", "coordination", "incubation-programs/%(program)s", ".o_form_view"),
    ("demo_occupancy", "coordination", "incubation-occupancy", ".o_graph_renderer canvas"),
    ("demo_month", "comptabilite", "incubation-month", ".o_data_row"),
    ("demo_statements", "comptabilite", "incubation-statements", ".o_data_row"),
    ("demo_statement", "comptabilite", "incubation-statements/%(statement)s", ".o_data_row"),
)

if PICTURES:

    class TestPictures(BrowserCase):
        def test_the_pages_of_the_demonstration(self):
            program = self.env.ref("coworking_incubation.coworking_program_current")
            seats = program.participant_ids.seat_ids.filtered(lambda seat: seat.state == "active")
            statement = self.env["coworking.statement"].search(
                [("program_id", "=", program.id)], order="payable_total desc", limit=1
            )
            ids = {
                "file": seats[:1].participant_id.id,
                "seat": seats[:1].id,
                "space": seats[:1].space_id.id,
                "program": program.id,
                "statement": statement.id,
            }
            for name, login, page, shown in PAGES:
                self.browser_js(
                    f"/odoo/{page % ids}",
                    f"takePicture('{name}', 'body').then(() => console.log('test successful'))",
                    f"!!document.querySelector('{shown}')",
                    login=login,
                )
