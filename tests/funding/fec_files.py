"""Files of entries as other software writes them."""

from odoo.addons.coworking_incubation_funding import fec

DAY = "20150609"


def line(account, debit=0, credit=0, journal="AC", entry="1", **cells):
    """The cells of a line: what is not given is as software leaves it."""
    return {
        "JournalCode": journal,
        "JournalLib": "Journal",
        "EcritureNum": entry,
        "EcritureDate": DAY,
        "CompteNum": account,
        "CompteLib": "Compte",
        "PieceRef": "-",
        "PieceDate": DAY,
        "EcritureLib": "/",
        "Debit": f"{debit:.2f}".replace(".", ","),
        "Credit": f"{credit:.2f}".replace(".", ","),
        "ValidDate": DAY,
        **cells,
    }


def bill(entry, amount, reference, letter="", name="Atelier Test", **cells):
    """The entry of a bill; below zero, that of a credit note."""
    debit, credit = max(amount, 0), max(-amount, 0)
    cells = {"PieceRef": reference, "EcritureLib": f"Facture {reference}", **cells}
    return [
        line("613200", debit, credit, entry=entry, **cells),
        line(
            *("401000", credit, debit),
            entry=entry,
            CompAuxNum=name[:4],
            CompAuxLib=name,
            EcritureLet=letter,
            **cells,
        ),
    ]


def payment(entry, amount, letter="", name="Atelier Test", day=DAY, **cells):
    """The entry of a transfer to a supplier; below zero, of money that came back."""
    debit, credit = max(amount, 0), max(-amount, 0)
    cells = {"EcritureDate": day, "EcritureLib": "Virement", **cells}
    return [
        line(
            *("401000", debit, credit),
            journal="BQ",
            entry=entry,
            CompAuxNum=name[:4],
            CompAuxLib=name,
            EcritureLet=letter,
            **cells,
        ),
        line("512000", credit, debit, journal="BQ", entry=entry, **cells),
    ]


def write(*entries, separator="\t", encoding="utf-8", end="\r\n", columns=fec.COLUMNS):
    """A file of these entries, each a list of lines, as bytes."""
    rows = [columns] + [
        [cells.get(column, "") for column in columns] for entry in entries for cells in entry
    ]
    return end.join(separator.join(row) for row in rows).encode(encoding)
