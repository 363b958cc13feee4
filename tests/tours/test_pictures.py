"""Pictures of the demonstration for the documentation, where ``DOCS_SCREENSHOTS`` asks for them."""

from .common import PICTURES, BrowserCase

# name, login, page, what tells that the page is there
PAGES = (
    ("board", "coordination", "incubation", ".o_kanban_record"),
    ("file", "accompagnement", "incubation-participants/%(file)s", ".o-mail-Message"),
    ("todo", "accompagnement", "incubation-todo", ".o_data_row"),
    ("seat", "coordination", "incubation-seats/%(seat)s", ".o-mail-Chatter"),
    ("space", "coordination", "incubation-spaces/%(space)s", ".o_form_view"),
    ("program", "coordination", "incubation-programs/%(program)s", ".o_form_view"),
    ("occupancy", "coordination", "incubation-occupancy", ".o_graph_renderer canvas"),
    ("statements", "comptabilite", "incubation-statements", ".o_data_row"),
    ("statement", "comptabilite", "incubation-statements/%(statement)s", ".o_data_row"),
)

if PICTURES:

    class TestPictures(BrowserCase):
        def test_the_pages_of_the_demonstration(self):
            program = self.env.ref("coworking_incubation.coworking_program_current")
            seats = program.participant_ids.seat_ids.filtered(lambda seat: seat.state == "active")
            statements = self.env["coworking.statement"].search([("program_id", "=", program.id)])
            ids = {
                "file": seats[:1].participant_id.id,
                "seat": seats[:1].id,
                "space": seats[:1].space_id.id,
                "program": program.id,
                "statement": max(statements, key=lambda row: abs(row.gap_amount)).id,
            }
            for name, login, page, shown in PAGES:
                self.browser_js(
                    f"/odoo/{page % ids}",
                    f"takePicture('{name}', 'body').then(() => console.log('test successful'))",
                    f"!!document.querySelector('{shown}')",
                    login=login,
                )
