"""Why this addon keeps data about people: what the register of processing activities says (GDPR,
article 30). Each model names its purpose beside its fields; which data that is and which staff read
it is not said here: fields and access rights tell.
"""

from dataclasses import dataclass
from typing import Any

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

_PARTICIPANTS = _lt("People who apply to a program or are supported by one")
_CONTRACT = _lt("Performance of the support that the person asked for (GDPR, article 6.1.b)")
_LEGAL = _lt("Legal obligation: accounts, proofs owed to public funders (GDPR, article 6.1.c)")
_INTEREST = _lt("Legitimate interest of the organisation (GDPR, article 6.1.f)")
_EVIDENCE = _lt(
    "As long as funders and auditors may ask for the proof: the date is on each funding agreement."
)
_LAST_CONTACT = _lt(
    "Until the term of each program after the last contact with the person (24 months unless it"
    " says otherwise, 12 for applications without entry), then made anonymous."
)


@dataclass(frozen=True, eq=False)
class Processing:
    """One purpose. The texts are lazy translations."""

    name: Any
    purpose: Any
    # On what the law lets it rest.
    basis: Any
    # Whom the data is about.
    persons: Any
    # Who gets it besides the staff whom access rights name.
    recipients: Any
    term: Any
    # Files of people, which only the right to export personal data takes out of Odoo.
    guarded: bool = True


PATHWAY = Processing(
    name=_lt("Support of people"),
    purpose=_lt(
        "Welcoming applicants, selecting them, supporting them towards an activity or a job, and"
        " asking what became of them."
    ),
    basis=_CONTRACT,
    persons=_PARTICIPANTS,
    recipients=_lt(
        "Funders, as figures that name nobody, and as proofs where a claim is audited; the adviser"
        " who referred the person: the step and its dates, as far as the person agreed"
    ),
    term=_LAST_CONTACT,
)
SEATS = Processing(
    name=_lt("Seats in coworking spaces"),
    purpose=_lt(
        "Finding a seat in a coworking space, and knowing who was there on which half-day."
    ),
    basis=_CONTRACT,
    persons=_PARTICIPANTS,
    recipients=_lt("The coworking space: name, dates, formula and presences of those it hosts"),
    term=_EVIDENCE,
)
AGREEMENTS = Processing(
    name=_lt("Hosting agreements"),
    purpose=_lt("Making, signing and keeping the agreement of the person, space and program."),
    basis=_CONTRACT,
    persons=_lt("Participants and those who sign for a space or for the program"),
    recipients=_lt("Those who sign the same agreement"),
    term=_EVIDENCE,
)
MEETINGS = Processing(
    name=_lt("Meetings and attendance"),
    purpose=_lt(
        "Registering people for information meetings, planning appointments and workshops, and"
        " proving to funders who took part."
    ),
    basis=_LEGAL,
    persons=_lt("People who register for a meeting, participants, advisers who register them"),
    recipients=_lt("The adviser who registered a person hears what became of it; funders: proofs"),
    term=_EVIDENCE,
)
MONEY = Processing(
    name=_lt("Costs, bills and grants"),
    purpose=_lt("Checking and paying what coworking spaces bill, and claiming it from funders."),
    basis=_LEGAL,
    persons=_lt("Participants, by the cost of their seat; those who answer for a space"),
    recipients=_lt("The coworking space for its own lines; funders, the accountant, the auditor"),
    term=_lt(
        "Invoices, and the names and addresses on them, as long as the law asks for accounts: the"
        " organisation deletes them in Odoo's accounting."
    ),
    guarded=False,
)
NETWORK = Processing(
    name=_lt("Network of partners and staff"),
    purpose=_lt(
        "Knowing whom to write to at coworking spaces, funders and referring organisations, what"
        " they answered, and who of the staff is in charge."
    ),
    basis=_INTEREST,
    persons=_lt("Contacts of partner organisations, staff"),
    recipients=_lt("Participants: the name of those who host and support them"),
    term=_lt("As long as they work together, then five years."),
    guarded=False,
)
ACCESS = Processing(
    name=_lt("Access and security"),
    purpose=_lt("Opening the own page by a link, keeping out abuse, and tracing who did what."),
    basis=_INTEREST,
    persons=_lt("Participants, contacts of partners, visitors of the public pages, staff"),
    recipients=_lt("Nobody outside the organisation"),
    term=_lt("Links end after 90 days and are forgotten half a year later."),
)
# Those for which people type notes about people; code writes most texts of the others.
NOTED = (PATHWAY, SEATS, AGREEMENTS, MEETINGS)
# In the order of the register.
PROCESSINGS = (PATHWAY, SEATS, AGREEMENTS, MEETINGS, MONEY, NETWORK, ACCESS)
