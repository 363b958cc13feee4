from .common import TourCase

READY = "!!document.querySelector('.o_grid_table td.o_cursor')"
LOSE = """(() => {
    const { rpc, ConnectionLostError } = odoo.loader.modules.get("@web/core/network/rpc");
    const { _rpc } = rpc;
    rpc._rpc = (url, ...rest) =>
        url.startsWith("/coworking_incubation/grid")
            ? Promise.reject(new ConnectionLostError(url))
            : _rpc(url, ...rest);
})()"""
ASKED = "!window.dispatchEvent(new Event('beforeunload', { cancelable: true }))"


class TestPresenceGrid(TourCase):
    def test_before_the_first_seat_no_list_is_spoken_of(self):
        self._tour("presence_grid_empty", self.accompanist)

    def test_another_space_is_chosen(self):
        self._new_seat("1/6", "30/6", "Camille Petit", state="active")
        other = self._new_seat("1/6", "30/6", "Sacha Roy", self.tariff_b, state="active")
        self._tour(
            "presence_grid_choice",
            self.accompanist,
            "/odoo/incubation-presence-grid",
            space=str(other.space_id.id),
        )

    def test_a_week_is_written_down_from_the_keyboard(self):
        daily = self._new_tariff("Journée", 20.0, unit="day")
        hourly = self._new_tariff("Heure", 4.0, unit="hour")
        camille = self._new_seat("1/6", "30/6", who="Camille Petit", tariff=daily, state="active")
        sacha = self._new_seat("10/6", "30/6", who="Sacha Roy", tariff=hourly, state="active")
        self._tour(
            "presence_grid",
            self.accompanist,
            outside="Hors des dates de la place",
        )
        self.assertEqual(
            [
                (row.date.day, row.slot, row.state)
                for row in camille.presence_ids.sorted(lambda row: (row.date, row.slot))
            ],
            [
                (8, "am", "present"),
                (8, "pm", "present"),
                (9, "am", "present"),
                (9, "pm", "present"),
                (10, "am", "absent"),
            ],
        )
        self.assertEqual(sacha.presence_ids.hours, 3.5)
        self.assertEqual((camille | sacha).presence_ids.host_by, self.accompanist.partner_id)

    def test_what_is_typed_while_the_network_is_gone_is_saved_once_it_is_back(self):
        daily = self._new_tariff("Journée", 20.0, unit="day")
        seat = self._new_seat("1/6", "30/6", who="Camille Petit", tariff=daily, state="active")
        self._tour("presence_grid_lost", self.accompanist, "/odoo/incubation-presence-grid")
        noted = seat.presence_ids.sorted("slot")
        self.assertEqual(
            [(row.date.day, row.slot, row.state) for row in noted],
            [(15, "am", "present"), (15, "pm", "absent")],
        )

    def test_whoever_closes_the_page_before_all_is_saved_is_asked(self):
        daily = self._new_tariff("Journée", 20.0, unit="day")
        self._new_seat("1/6", "30/6", who="Camille Petit", tariff=daily, state="active")
        with self._browse(self.accompanist.login) as browser:
            self._visit(browser, "/odoo/incubation-presence-grid", READY)
            self.assertFalse(self._evaluate(browser, ASKED))
            self._evaluate(browser, LOSE)
            self._evaluate(browser, "document.querySelector('.o_grid_table td.o_cursor').click()")
            self._wait(browser, "!!document.querySelector('.o_status_refused')")
            self.assertTrue(self._evaluate(browser, ASKED))

    def test_on_a_telephone_a_long_name_leaves_the_days_their_room(self):
        name = "Anne-Charlotte de La Vernoye-Vandenbroucke"
        seat = self._new_seat("1/6", "30/6", name, self._new_tariff("Jour", 20.0, unit="day"))
        seat.state = "active"
        self.space.name = "Maison des coopérations et des métiers du numérique de Lille-Moulins"
        self.browser_size, self.touch_enabled = "390x844", True
        self._tour("presence_grid_telephone", self.accompanist, "/odoo/incubation-presence-grid")
        self.assertEqual(seat.presence_ids.state, "present")
