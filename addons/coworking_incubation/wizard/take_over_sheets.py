"""The sheets of the workbook of a take-over, column by column: who writes it and who reads it
agree here. Headings are the labels of the fields, as the screens say them.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column of a sheet.

    ``kind``: text, day, birth, month, amount, number, integer, rate, flag, hours, choice (of the
    field's selection) or reference (to a record of the database or of a sheet before).
    ``required`` in each row, but where it is ``said_once``: in one of the rows of a tariff.
    ``model``: whose field gives the heading, where it is not the sheet's own.
    ``examples``: its cells in the workbook with examples, in the order of the rows.
    """

    field: str
    kind: str = "text"
    required: bool = False
    model: str = ""
    examples: tuple = ()
    said_once: bool = False

    @property
    def key(self):
        return self.field


@dataclass(frozen=True)
class Sheet:
    """A sheet: a row a record, but for tariffs, of which each dated price is a row."""

    key: str
    model: str
    columns: tuple

    def get_column(self, key):
        return next(column for column in self.columns if column.key == key)

    @property
    def required_keys(self):
        return {column.key for column in self.columns if column.required}


PRICE, PARTNER, LINE = "coworking.tariff.price", "res.partner", "coworking.take.over.line"
FEE = "coworking.space.membership"

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
        Column("date_partner", "day", examples=("01/01/2015", "")),
        Column("fee", "amount", model=FEE, examples=("10,00", "")),
        Column("tax_included", "flag", model=FEE),
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
            + ("Le Quai", "Le Quai"),
        ),
        Column(
            "name",
            required=True,
            examples=("Forfait nomade", "Forfait nomade", "Résident", "Carnet", "Résident"),
        ),
        Column(
            "unit",
            "choice",
            True,
            examples=("month", "month", "month", "pack", "month"),
            said_once=True,
        ),
        Column(
            "price",
            "amount",
            True,
            PRICE,
            examples=("140,00", "150,00", "180,00", "120,00", "95,55"),
        ),
        Column("date_start", "day", model=PRICE, examples=("", "01/06/2015", "", "", "")),
        Column("tax_included", "flag", examples=("yes", "", "yes", "yes", "yes")),
        Column("rank", "integer", model=PRICE),
        Column("seat_type", "choice", examples=("nomad", "", "fixed", "nomad", "fixed")),
        Column("proration", "choice", examples=("daily", "", "half_month", "", "daily")),
        Column("period", "choice"),
        Column("billing_timing", "choice"),
        Column("included_quantity", "number"),
        Column("overage_price", "amount", model=PRICE),
        Column("daily_cap", "amount"),
        Column("monthly_cap", "amount"),
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
        Column("fewer_ranks", "flag", model=PRICE),
    ),
)
PEOPLE = Sheet(
    "people",
    "coworking.participant",
    (
        Column(
            "partner_name",
            required=True,
            examples=("Camille Exemple", "Sacha Modèle", "Camille Exemple"),
        ),
        Column("email", examples=("camille@example.org", "", "")),
        Column("phone", examples=("", "06 39 98 01 02", "06 39 98 01 03")),
        Column("birth_date", "birth"),
        Column("stage_id", "reference", True, examples=("incubation",) * 3),
        Column("user_id", "reference"),
        Column("prescriber_id", "reference", examples=("Mission locale", "", "")),
        Column("project", examples=("Ouvrir un atelier de reliure", "", "")),
        Column("project_kind", "choice"),
        Column("date_application", "day"),
        Column("date_support", "day"),
        Column("date_entry", "day", examples=("02/02/2015", "01/03/2015", "16/04/2015")),
        Column("selection_result", "choice"),
        Column("refusal_reason_id", "reference"),
        Column("date_waiting", "day"),
        Column("date_exit", "day"),
        Column("exit_reason_id", "reference"),
        Column("job_contract", "choice"),
        Column("job_start", "day"),
        Column("job_months", "integer"),
        Column("exit_evidence"),
        Column("stays_in_space", "flag"),
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
            examples=("Camille Exemple", "Sacha Modèle", "Camille Exemple"),
        ),
        Column(
            "tell_apart",
            model=LINE,
            examples=("camille@example.org", "", "06 39 98 01 03"),
        ),
        Column(
            "space_id",
            "reference",
            True,
            examples=("Atelier des Halles", "Le Quai", "Atelier des Halles"),
        ),
        Column("tariff_id", "reference", True, examples=("Forfait nomade", "Carnet", "Résident")),
        Column("date_start", "day", True, examples=("02/02/2015", "01/03/2015", "16/04/2015")),
        Column("date_end", "day", examples=("", "", "15/06/2015")),
        Column("state", "choice"),
        Column("funding_rate", "rate", examples=("", "80", "")),
        Column("funding_cap", "amount"),
        Column("billed_from", "month"),
        Column("price_guaranteed_until", "day"),
        Column("notice_date", "day"),
        Column("opening_pack_quantity", "number", examples=("", "4,5", "")),
        Column("opening_pack_valid_until", "day", examples=("", "31/08/2015", "")),
        Column("membership_paid_on", "day", examples=("02/02/2015", "", "16/04/2015")),
        Column("paper_agreement_date", "day", examples=("30/01/2015", "", "")),
    ),
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
    ),
)
SHEETS = {sheet.key: sheet for sheet in (SPACES, TARIFFS, PEOPLE, SEATS, PRESENCES, GRANTS)}
