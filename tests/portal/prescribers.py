"""Two advisers of one organisation, one of another, and people who agreed or not."""

from datetime import timedelta

from odoo import fields

from .common import PortalCase

NOW = "2015-06-15 09:00:00"


class PrescriberCase(PortalCase):
    """15 June 2015, by the clock of the test (``freeze_time(NOW)``)."""

    @classmethod
    def _setup_world(cls):
        super()._setup_world()
        partners = cls.env["res.partner"]
        cls.agency = partners.create({"name": "Agence Nord", "is_company": True})
        cls.mission = partners.create({"name": "Mission Sud", "is_company": True})
        cls.adviser, cls.colleague = partners.create(
            [
                {"name": name, "parent_id": cls.agency.id, "email": f"{name}@example.com".lower()}
                for name in ("Laure", "Colas")
            ]
        )
        cls.stranger = partners.create(
            {"name": "Sandra", "parent_id": cls.mission.id, "email": "sandra@example.com"}
        )
        (cls.adviser | cls.colleague | cls.stranger).lang = "fr_FR"
        cls.agreed = cls._refer("Camille Petit", prescriber_agreed=True)
        cls.silent = cls._refer("Nour Amrani")

    @classmethod
    def _refer(cls, name, adviser=None, **values):
        """The file of somebody whom this adviser referred on 1 June."""
        adviser = adviser or cls.adviser
        return cls._new_participant(
            name,
            **{
                "prescriber_id": adviser.parent_id.id,
                "prescriber_contact_id": adviser.id,
                "date_application": "2015-06-01",
                **values,
            },
        )

    def _tell(self):
        """Run the scheduled action, as it runs: as nobody in particular."""
        with self.enter_registry_test_mode():
            self.env.ref("coworking_incubation.ir_cron_tell_news").method_direct_trigger()
        self.env.invalidate_all()
        self._date_links()

    def _date_links(self, days=0):
        """PostgreSQL's clock is not frozen: links are made on the day of the test, or before."""
        moment = fields.Datetime.now() - timedelta(days=days)
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE coworking_portal_link SET create_date = LEAST(create_date, %s)
                WHERE purpose = 'prescriber'""",
            [moment],
        )
        self.env.invalidate_all()

    def _digests(self, partner=None):
        return self._mails_to(partner or self.adviser).sorted("id")

    def _followed(self, adviser=None, company=None):
        """Names on the page of an adviser."""
        page = self.env["coworking.portal.prescriber"]
        people = page._prepare_followed(adviser or self.adviser, company or self.company)
        return [row["name"] for row in people]

    def _refuse(self, file, **reason):
        reason = self.env["coworking.refusal.reason"].create({"name": "Motif Canari", **reason})
        file.write({"selection_result": "refused", "refusal_reason_id": reason.id})
