"""Twelve people who entered in 2015, nine women and three men, of two ages, some gone to a job."""

from odoo import Command
from odoo.tests import new_test_user

from ...common import COORDINATOR, SENSITIVE, CoworkingCase

EXPORT = "coworking_incubation.group_coworking_export"


class IndicatorCase(CoworkingCase):
    @classmethod
    def _setup_world(cls):
        super()._setup_world()
        cls.all_reader = new_test_user(
            cls.env,
            login="t_all_reader",
            groups=f"{COORDINATOR},{SENSITIVE},{EXPORT}",
            company_id=cls.company.id,
        )
        cls.cdi = cls.env.ref("coworking_incubation.coworking_exit_reason_cdi")
        cls.no_news = cls.env.ref("coworking_incubation.coworking_exit_reason_no_news")
        cls.moved = cls.env.ref("coworking_incubation.coworking_exit_reason_moved_away")
        cls.women = cls.env["coworking.participant"]
        for place in range(9):
            cls.women |= cls._enter(f"Woman {place}", gender="female", birth_date="1995-06-15")
        cls.men = cls.env["coworking.participant"]
        for place in range(3):
            cls.men |= cls._enter(f"Man {place}", gender="male", birth_date="1980-01-01")
        cls.sex = cls.env.ref("coworking_incubation_funding.coworking_breakdown_gender")
        cls.age = cls.env.ref("coworking_incubation_funding.coworking_breakdown_age")
        cls.entered = cls._new_indicator("Test entries", breakdown_ids=[Command.set(cls.sex.ids)])

    @classmethod
    def _enter(cls, name, day="2015-03-02", **values):
        return cls._new_participant(
            name, date_entry=day, date_support=day, date_application="2015-02-01", **values
        )

    @classmethod
    def _leave(cls, file, day="2015-06-30", reason=None):
        file.write({"date_exit": day, "exit_reason_id": (reason or cls.cdi).id})

    @classmethod
    def _new_indicator(cls, name, **values):
        return cls.env["coworking.indicator"].create({"name": name, **values})

    @classmethod
    def _new_report(cls, *indicators, **values):
        return cls.env["coworking.report"].create(
            {
                "program_ids": [Command.set(cls.program.ids)],
                "date_from": "2015-01-01",
                "date_to": "2015-12-31",
                "indicator_ids": [Command.set([row.id for row in indicators or [cls.entered]])],
                **values,
            }
        )

    def _count(self, indicator, date_from="2015-01-01", date_to="2015-12-31", program=None):
        """dict (axis or '', label) -> number, as somebody who may read everything sees it."""
        counter = indicator._get_counter(program or self.program, date_from, date_to)
        rows = indicator._make_rows(
            indicator._prepare_figures(counter.count()).values(), {False: True, True: True}
        )
        return {(row.breakdown, row.label): row.count for row in rows}

    def _total(self, indicator, *args):
        return self._count(indicator, *args)["", "Total"]

    def _shown(self, report, user):
        """The same of a report, as a user sees it."""
        figures = report.figure_ids.with_user(user)
        return {(row.line_label, row.split_label or ""): row.number for row in figures}


class TargetCase(IndicatorCase):
    """An agreement of 2015, and figures that it asks for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls.env["coworking.funding.agreement"].create(
            {
                "reference": "F-1",
                "partner_id": cls.env["res.partner"].create({"name": "Funder"}).id,
                "company_id": cls.company.id,
                "program_ids": [Command.set(cls.program.ids)],
                "date_from": "2015-01-01",
                "date_to": "2015-12-31",
            }
        )

    def _new_target(self, value, indicator=None, **values):
        return self.env["coworking.funding.target"].create(
            {
                "agreement_id": self.agreement.id,
                "indicator_id": (indicator or self.entered).id,
                "value": value,
                **values,
            }
        )
