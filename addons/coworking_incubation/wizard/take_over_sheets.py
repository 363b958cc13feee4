"""The sheets of the workbook of a take-over, column by column: who writes it and who reads it
agree here. Headings are the labels of the fields, as the screens say them.
"""

from dataclasses import dataclass

from ..models.network.coworking_funding_agreement import ADMISSIBLE_KINDS
from ..spreadsheet import as_lines, as_text


@dataclass(frozen=True)
class Column:
    """One column of a sheet.

    ``kind``: text, long (text of several lines), names (one a line), day, birth, month, amount,
    number, integer, rate, flag, hours, clock (time of the day), choice (of the field's selection),
    reference (to a record of the database or of a sheet before), references (to several of the
    database), openings (hours of a day of the week), document (the day it was seen, or a word) or
    rating.
    ``required`` in each row, but where it is ``said_once``: in one of the rows of a tariff.
    ``model``: whose field gives the heading, where it is not the sheet's own.
    ``examples``: its cells in the workbook with examples, in the order of the rows.
    ``alias``: its key, where the name of the field says too little; a field of the rows of this
    name gives the heading.
    ``option``: the choice of its field that is its heading, where each has a column.
    ``about``: (model, id) of the record that gives the heading, of those that have a column each.
    """

    field: str
    kind: str = "text"
    required: bool = False
    model: str = ""
    examples: tuple = ()
    said_once: bool = False
    alias: str = ""
    about: tuple = ()
    option: str = ""

    @property
    def key(self):
        if self.about or self.option:
            return f"{self.field}_{self.about[1] if self.about else self.option}"
        return self.alias or self.field

    def clean(self, value):
        """A cell of this column as the text that is kept."""
        return as_lines(value) if self.kind in ("long", "names") else as_text(value)


@dataclass(frozen=True)
class Sheet:
    """A sheet: a row a record, but for those that ``grouped_by`` says: of a tariff each dated
    price is a row, of a contact each absence, of a seat each dated rate, of an objective each
    action. The cells of the same words make one record.

    ``each``: a column more for each record of a model, such as the axes of reviews.
    """

    key: str
    model: str
    columns: tuple
    grouped_by: tuple = ()
    each: Column | None = None

    def get_column(self, key):
        return next(column for column in self.columns if column.key == key)

    @property
    def required_keys(self):
        return {column.key for column in self.columns if column.required}


PRICE, PARTNER, LINE = "coworking.tariff.price", "res.partner", "coworking.take.over.line"
FEE, FUNDING = "coworking.space.membership", "coworking.seat.funding"
ABSENCE = "coworking.space.absence"
ACTION, EVENT = "coworking.objective.action", "calendar.event"
ATTENDANCE, ACT = "coworking.attendance", "coworking.act"

PROGRAM = Sheet(
    "program",
    "coworking.program",
    (
        Column("name", required=True),
        Column("code", required=True),
        Column("date_start", "day", True),
        Column("date_end", "day"),
        Column("duration_months", "integer"),
        Column("target_places", "integer"),
        Column("user_id", "reference", alias="coordinator_id"),
        Column("accompanist_ids", "references"),
        Column("funding_rate", "rate"),
        Column("funding_cap", "amount"),
        Column("funding_base", "choice"),
        Column("copayment_collector", "choice"),
        Column("criterion_ids", "references"),
        Column("min_criteria", "integer"),
        Column("lasting_months", "integer"),
        Column("application_months", "integer"),
        Column("retention_months", "integer"),
    ),
)
SPACES = Sheet(
    "spaces",
    "coworking.space",
    (
        Column("name", required=True, examples=("Atelier des Halles", "Le Quai")),
        Column("code", examples=("HALLES", "QUAI")),
        Column("operator_id", examples=("", "Quai Ouest SAS")),
        Column("street", model=PARTNER, examples=("12 rue des Halles", "3 quai de l'Ouest")),
        Column("zip", model=PARTNER, examples=("59000", "59800")),
        Column("city", model=PARTNER, examples=("Lille", "Lille")),
        Column("seat_capacity", "integer", True, examples=(6, 4)),
        Column("state", "choice"),
        Column("date_partner", "day", examples=("01/01/2015", "")),
        Column("date_closed", "day"),
        Column("bills_without_vat", "flag"),
        Column("fee", "amount", model=FEE, examples=("10,00", "")),
        Column("tax_included", "flag", model=FEE),
        *(
            Column(
                "dayofweek",
                "openings",
                model="resource.calendar.attendance",
                examples=(hours, ""),
                option=str(day),
            )
            for day, hours in enumerate(
                ("",) + ("9:00-12:30 13:30-18:30",) * 4 + ("9:00-12:30", "")
            )
        ),
        Column("opens_on_holidays", "flag"),
        Column("amenity_ids", "references", examples=("first", "")),
        Column("sector_ids", "references"),
        Column("price_source"),
        Column("description", "long"),
        Column("active", "flag"),
    ),
)
TARIFFS = Sheet(
    "tariffs",
    "coworking.tariff",
    (
        Column(
            "space_id",
            "reference",
            True,
            examples=("Atelier des Halles", "Atelier des Halles", "Atelier des Halles")
            + ("Le Quai",) * 4,
        ),
        Column(
            "name",
            required=True,
            examples=("Forfait nomade", "Forfait nomade", "Résident", "Carnet", "Résident")
            + ("Journée", "Journée"),
        ),
        Column(
            "unit",
            "choice",
            True,
            examples=("month", "month", "month", "pack", "month", "day", ""),
            said_once=True,
        ),
        Column(
            "price",
            "amount",
            True,
            PRICE,
            examples=("140,00", "150,00", "180,00", "120,00", "95,55", "15,00", "16,00"),
        ),
        Column(
            "date_start",
            "day",
            model=PRICE,
            examples=("", "01/06/2015", "", "", "", "", "01/07/2015"),
        ),
        Column("tax_included", "flag", examples=("yes", "", "yes", "yes", "yes", "yes", "")),
        Column("rank", "integer", model=PRICE),
        Column("seat_type", "choice", examples=("nomad", "", "fixed", "nomad", "fixed", "nomad")),
        Column("proration", "choice", examples=("daily", "", "half_month", "", "daily")),
        Column("period", "choice"),
        Column("billing_timing", "choice"),
        Column("included_quantity", "number"),
        Column("overage_price", "amount", model=PRICE),
        Column("daily_cap", "amount"),
        Column("monthly_cap", "amount", examples=("", "", "", "", "", "120,00", "")),
        Column("daily_cap", "amount", model=PRICE, alias="price_daily_cap"),
        Column(
            "monthly_cap",
            "amount",
            model=PRICE,
            alias="price_monthly_cap",
            examples=("", "", "", "", "", "", "128,00"),
        ),
        Column("half_day_quantity", "number"),
        Column("counts", "choice"),
        Column("uses_place", "flag"),
        Column("pack_size", "number", examples=("", "", "", 10, "")),
        Column("pack_validity_months", "integer", examples=("", "", "", 6, "")),
        Column("min_commitment_months", "integer"),
        Column("notice_days", "integer"),
        Column("notice_rule", "choice"),
        Column("absence_rule", "choice"),
        Column("closure_rule", "choice"),
        Column("product_id", "reference"),
        Column("source"),
        Column("source_year", "integer"),
        Column("fewer_ranks", "flag", model=PRICE),
        Column("active", "flag"),
    ),
    grouped_by=("space_id", "name"),
)
FEES = Sheet(
    "fees",
    FEE,
    (
        Column("space_id", "reference", True, examples=("Atelier des Halles",)),
        Column("date_start", "day", True, examples=("01/07/2015",)),
        Column("fee", "amount", True, examples=("12,00",)),
        Column("tax_included", "flag", examples=("yes",)),
        Column("product_id", "reference"),
    ),
)
CLOSURES = Sheet(
    "closures",
    "coworking.space.close",
    (
        Column("space_id", "reference", True, FEE, examples=("Atelier des Halles", "Le Quai")),
        Column("date_from", "day", True, examples=("03/08/2015", "24/12/2015")),
        Column("closes_at", "clock", model=LINE, examples=("", "13:00")),
        Column("date_to", "day", True, examples=("16/08/2015", "24/12/2015")),
        Column("opens_at", "clock", model=LINE),
        Column("name", examples=("Congés d'été", "")),
    ),
)
CONTACTS = Sheet(
    "contacts",
    PARTNER,
    (
        Column(
            "space_id",
            "reference",
            True,
            FEE,
            examples=("Atelier des Halles", "Atelier des Halles", "Le Quai"),
        ),
        Column("name", required=True, examples=("Mona Exemple", "Luc Exemple", "Mona Exemple")),
        Column(
            "email",
            examples=("mona@example.org", "luc@example.org", "mona@example.org"),
        ),
        Column("phone", examples=("06 39 98 01 04", "", "")),
        Column("function", examples=("Gérante", "", "")),
        Column("rights", "choice", model=LINE, examples=("manager", "second", "manager")),
        Column("away_from", "day", model=LINE, examples=("03/08/2015", "", "")),
        Column("away_to", "day", model=LINE, examples=("14/08/2015", "", "")),
        Column("substitute", model=ABSENCE, examples=("Luc Exemple", "", "")),
    ),
    grouped_by=("space_id", "name", "email"),
)
PEOPLE = Sheet(
    "people",
    "coworking.participant",
    (
        Column(
            "partner_name",
            required=True,
            examples=("Camille Exemple", "Sacha Modèle", "Camille Exemple", "Dominique Modèle"),
        ),
        Column("email", examples=("camille@example.org", "", "")),
        Column("phone", examples=("", "06 39 98 01 02", "06 39 98 01 03")),
        Column("is_opposed", "flag"),
        Column("birth_date", "birth"),
        Column("stage_id", "reference", True, examples=("incubation",) * 3 + ("followup",)),
        Column("user_id", "reference"),
        Column("prescriber_id", "reference", examples=("Mission locale", "", "")),
        Column("prescriber_contact_id", examples=("Nadia Exemple <nadia@example.org>", "", "")),
        Column("coworking_accident_cover", "flag", model=PARTNER),
        Column("project", examples=("Ouvrir un atelier de reliure", "", "")),
        Column("project_kind", "choice"),
        Column("project_description", "long"),
        Column("sector_ids", "references", examples=("first", "", "")),
        Column("date_application", "day"),
        Column("date_support", "day"),
        Column(
            "date_entry",
            "day",
            examples=("02/02/2015", "01/03/2015", "16/04/2015", "05/01/2015"),
        ),
        Column("selection_result", "choice"),
        Column("date_decision", "day"),
        Column("refusal_reason_id", "reference"),
        Column("date_waiting", "day"),
        Column("date_exit", "day", examples=("", "", "", "20/03/2015")),
        Column("exit_reason_id", "reference", examples=("", "", "", "first")),
        Column("job_contract", "choice"),
        Column("job_start", "day"),
        Column("job_months", "integer"),
        Column("exit_evidence"),
        Column("stays_in_space", "flag"),
        Column("criterion_ids", "references", examples=("first", "", "")),
        Column("gender", "choice"),
        Column("labour_status", "choice"),
        Column("unemployment_duration", "choice"),
        Column("education_level", "choice"),
        Column("allowance", "choice"),
        Column("priority_district", "choice"),
        Column("disability", "choice"),
        Column("situation_note", "long"),
    ),
    each=Column(
        "state",
        "document",
        model="coworking.document",
        about=("coworking.document.type", 0),
        examples=("02/02/2015", "seen"),
    ),
)
COUNSELLORS = Sheet(
    "counsellors",
    "coworking.assignment",
    (
        Column("participant_id", "reference", True, examples=("Sacha Modèle",)),
        Column("tell_apart", model=LINE),
        Column("user_id", "reference", True, alias="counsellor_id", examples=("first",)),
        Column("date_from", "day", True, examples=("01/03/2015",)),
        Column("date_to", "day", examples=("30/04/2015",)),
    ),
)
SUSPENSIONS = Sheet(
    "suspensions",
    "coworking.suspension",
    (
        Column("participant_id", "reference", True, examples=("Sacha Modèle",)),
        Column("tell_apart", model=LINE),
        Column("date_from", "day", True, examples=("13/04/2015",)),
        Column("date_to", "day", examples=("24/04/2015",)),
        Column("kind", "choice", examples=("training",)),
        Column("reason", required=True, examples=("Formation de deux semaines",)),
        Column("extends", "flag", examples=("yes",)),
    ),
)
EXTENSIONS = Sheet(
    "extensions",
    "coworking.extension",
    (
        Column("participant_id", "reference", True, examples=("Sacha Modèle",)),
        Column("tell_apart", model=LINE),
        Column("days", "integer", True, examples=(30,)),
        Column("reason", required=True, examples=("Le local ouvre en octobre",)),
        Column("state", "choice", True, examples=("granted",)),
        Column("decided_on", "day", examples=("15/06/2015",)),
        Column("decided_by_id", "reference"),
        Column("decision_reason"),
    ),
)
SEATS = Sheet(
    "seats",
    "coworking.seat",
    (
        Column(
            "participant_id",
            "reference",
            True,
            examples=("Camille Exemple", "Sacha Modèle", "Camille Exemple", "Camille Exemple"),
        ),
        Column(
            "tell_apart",
            model=LINE,
            examples=("camille@example.org", "", "06 39 98 01 03", "camille@example.org"),
        ),
        Column(
            "space_id",
            "reference",
            True,
            examples=("Atelier des Halles", "Le Quai", "Atelier des Halles", "Atelier des Halles"),
        ),
        Column(
            "tariff_id",
            "reference",
            True,
            examples=("Forfait nomade", "Carnet", "Résident", "Forfait nomade"),
        ),
        Column(
            "date_start",
            "day",
            True,
            examples=("02/02/2015", "01/03/2015", "16/04/2015", "02/02/2015"),
        ),
        Column("date_end", "day", examples=("", "", "15/06/2015")),
        Column("state", "choice"),
        Column("funding_from", "month", model=LINE, examples=("", "", "", "07/2015")),
        Column("funding_rate", "rate", examples=("", "80", "", "60")),
        Column("funding_cap", "amount", examples=("", "", "", "100,00")),
        Column("billed_from", "month"),
        Column("price_guaranteed_until", "day"),
        Column("notice_date", "day"),
        Column("opening_pack_quantity", "number", examples=("", "4,5", "")),
        Column("opening_pack_valid_until", "day", examples=("", "31/08/2015", "")),
        Column("membership_paid_on", "day", examples=("02/02/2015", "", "16/04/2015")),
        Column("paper_agreement_date", "day", examples=("30/01/2015", "", "")),
    ),
    grouped_by=("participant_id", "tell_apart", "space_id", "tariff_id", "date_start"),
)
PRESENCES = Sheet(
    "presences",
    "coworking.presence",
    (
        Column("participant_id", "reference", True, examples=("Sacha Modèle", "Sacha Modèle")),
        Column("tell_apart", model=LINE),
        Column("date", "day", True, examples=("02/06/2015", "03/06/2015")),
        Column("slot", examples=("day", "am")),
        Column("state", required=True, examples=("present", "present")),
        Column("hours", "hours"),
    ),
)
PROOFS = Sheet(
    "proofs",
    "coworking.proof",
    (
        Column("participant_id", "reference", True, examples=("Sacha Modèle",)),
        Column("tell_apart", model=LINE),
        Column("criterion_id", "reference", True, examples=("first",)),
        Column("date_document", "day", examples=("20/02/2015",)),
        Column("date_seen", "day", True, examples=("26/02/2015",)),
        Column("seen_by_id", "reference"),
        Column("date_expiry", "day", examples=("31/12/2015",)),
    ),
)
OBJECTIVES = Sheet(
    "objectives",
    "coworking.objective",
    (
        Column(
            "participant_id",
            "reference",
            True,
            examples=("Sacha Modèle", "Sacha Modèle", "Camille Exemple"),
        ),
        Column("tell_apart", model=LINE, examples=("", "", "camille@example.org")),
        Column(
            "name",
            required=True,
            examples=("Trouver trois clients", "Trouver trois clients", "Louer un atelier"),
        ),
        Column("theme_id", "reference", examples=("first", "", "")),
        Column("description", "long"),
        Column("date_deadline", "day", examples=("30/09/2015", "", "30/04/2015")),
        Column("state", "choice", examples=("", "", "reached")),
        Column("agreed_on", "day", examples=("16/03/2015", "", "")),
        Column("date_closed", "day", examples=("", "", "24/04/2015")),
        Column(
            "name",
            model=ACTION,
            alias="action",
            examples=("Appeler cinq boutiques", "Écrire la plaquette", ""),
        ),
        Column("action_deadline", "day", model=LINE, examples=("30/06/2015", "", "")),
        Column("done", "flag", model=ACTION, examples=("", "yes", "")),
        Column("date_done", "day", model=ACTION, examples=("", "27/03/2015", "")),
    ),
    grouped_by=("participant_id", "tell_apart", "name"),
)
MEETINGS = Sheet(
    "meetings",
    EVENT,
    (
        Column("date", "day", True, ATTENDANCE, examples=("02/04/2015", "03/09/2015")),
        Column("start_time", "clock", model=LINE, examples=("14h", "9h30")),
        Column("kind", "choice", True, ACT, examples=("collective", "info_session")),
        Column(
            "subject",
            required=True,
            model=LINE,
            examples=("Trouver ses clients", "Découvrir le programme"),
        ),
        Column("duration", "hours", model=ATTENDANCE, examples=(3, 1.5)),
        Column("user_id", "reference", model=ATTENDANCE, alias="led_by_id"),
        Column("coworking_space_id", "reference", examples=("", "Le Quai")),
        Column("location"),
        Column("coworking_capacity", "integer", examples=("", 12)),
        Column("coworking_public", "flag"),
    ),
)
CANDIDATES = Sheet(
    "candidates",
    ATTENDANCE,
    (
        Column("name", required=True, examples=("Andrea Exemple",)),
        Column("email", examples=("andrea@example.org",)),
        Column("phone"),
        Column("date", "day", True, examples=("03/09/2015",)),
        Column("start_time", "clock", model=LINE, examples=("9h30",)),
        Column("kind", "choice", True, ACT, examples=("info_session",)),
        Column("subject", model=LINE, examples=("Découvrir le programme",)),
        Column("coworking_space_id", "reference", model=EVENT, examples=("Le Quai",)),
        Column("state", "choice", True, examples=("expected",)),
        Column("waiting_rank", "integer"),
        Column("walk_in", "flag"),
        Column("reminder_stopped", "flag"),
        Column("to_tell", "flag"),
        Column("prescriber_name"),
        Column("adviser_email"),
        Column("question", "long"),
    ),
)
APPOINTMENTS = Sheet(
    "appointments",
    ATTENDANCE,
    (
        Column(
            "participant_id",
            "reference",
            True,
            examples=("Sacha Modèle", "Sacha Modèle", "Camille Exemple", "Sacha Modèle"),
        ),
        Column("tell_apart", model=LINE, examples=("", "", "camille@example.org")),
        Column(
            "date",
            "day",
            True,
            examples=("05/03/2015", "02/04/2015", "02/04/2015", "02/09/2015"),
        ),
        Column("start_time", "clock", model=LINE, examples=("10h30", "14h", "14h", "10h")),
        Column(
            "kind",
            "choice",
            model=ACT,
            examples=("appointment", "collective", "collective"),
        ),
        Column("subject", model=LINE, examples=("", "Trouver ses clients", "Trouver ses clients")),
        Column("state", "choice", True, examples=("present", "present", "excused", "expected")),
        Column("waiting_rank", "integer"),
        Column("walk_in", "flag"),
        Column("reminder_stopped", "flag"),
        Column("to_tell", "flag"),
        Column("duration", "hours", examples=(1.5, 3, 3)),
        Column("user_id", "reference", alias="led_by_id"),
        Column("coworking_space_id", "reference", model=EVENT, examples=("Le Quai", "", "")),
        Column("location", model=EVENT),
        Column("report", "long"),
        Column("decisions", "long", examples=("Demander un devis", "", "")),
        Column("objective_ids", "names"),
        Column("document_ids", "names"),
        Column("restricted_note", "long"),
    ),
)
REVIEWS = Sheet(
    "reviews",
    "coworking.review",
    (
        Column("participant_id", "reference", True, examples=("Sacha Modèle", "Sacha Modèle")),
        Column("tell_apart", model=LINE),
        Column("kind", "choice", True, examples=("entry", "monthly")),
        Column("date", "day", True, examples=("05/03/2015", "07/04/2015")),
        Column("user_id", "reference", alias="held_by_id"),
        Column("state", "choice"),
        Column("summary", "long", examples=("Projet encore large", "Une première cliente")),
        Column("decisions", "long", examples=("Choisir un public", "")),
    ),
    each=Column(
        "rating",
        "rating",
        model="coworking.review.line",
        about=("coworking.review.axis", 0),
        examples=(2, 3),
    ),
)
FOLLOWUPS = Sheet(
    "followups",
    "coworking.followup",
    (
        Column("participant_id", "reference", True, examples=("Dominique Modèle",)),
        Column("tell_apart", model=LINE),
        Column("months", "integer", True, examples=(3,)),
        Column("date_due", "day", examples=("20/06/2015",)),
        Column("state", "choice", examples=("answered",)),
        Column("attempt_count", "integer", examples=(1,)),
        Column("last_attempt", "day", examples=("12/06/2015",)),
        Column("date_answer", "day", examples=("18/06/2015",)),
        Column("exit_reason_id", "reference", alias="situation_id", examples=("first",)),
        Column("in_space", "flag", examples=("yes",)),
        Column("note", "long"),
    ),
)
GRANTS = Sheet(
    "grants",
    "coworking.funding.agreement",
    (
        Column("reference", required=True, examples=("MEL 2015-113",)),
        Column("partner_id", examples=("Métropole",)),
        Column("amount_granted", "amount", examples=("20000,00",)),
        Column("rate", "rate", examples=("50",)),
        Column("date_from", "day"),
        Column("date_to", "day"),
        Column("amount_used_before", "amount", True, examples=("3200,00",)),
        Column("commitment_number"),
        *(Column(f"admits_{kind}", "flag") for kind in ADMISSIBLE_KINDS),
        Column("eligible_without_presence", "flag"),
        Column("date_paid_limit", "day"),
        Column("evidence_until", "day"),
        Column("instalments", "long"),
        Column("targets", "long"),
        Column("note", "long"),
    ),
)
SHEETS = {
    sheet.key: sheet
    for sheet in (
        *(PROGRAM, SPACES, TARIFFS, FEES, CLOSURES, CONTACTS, PEOPLE, COUNSELLORS),
        *(SUSPENSIONS, EXTENSIONS, SEATS, PRESENCES, PROOFS, OBJECTIVES, MEETINGS, CANDIDATES),
        *(APPOINTMENTS, REVIEWS, FOLLOWUPS, GRANTS),
    )
}
