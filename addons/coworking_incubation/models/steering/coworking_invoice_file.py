from typing import NamedTuple

from odoo import fields, models

# What is said of a file that was read, and leaves nothing to look at but what its lines say.
CLEAR_CAUSES = ("decoded", "completed", "replaced", "credit_note")
# What is said of a file that is another one, byte by byte.
REPEATED_CAUSES = ("same_file", "same_moment")


class Obstacle(NamedTuple):
    """Something that keeps a draft from being posted.

    :param words: what it is, in words
    :param told_by: the row of the list of what waits that tells it already, see
        ``coworking.exception``; empty: nothing else does
    """

    words: str
    told_by: str = ""


class CoworkingInvoiceFile(models.Model):
    """What a draft bill said when it was read from its document."""

    _inherit = "coworking.invoice.file"

    bill_hash = fields.Char(
        string="As It Was Read",
        readonly=True,
        help="Fingerprint of the draft bill as it was read from this file: what is changed on it"
        " afterwards is somebody's doing.",
    )

    def _conclude_reading(self, state, cause, detail=None, move=None):
        result = super()._conclude_reading(state, cause, detail, move)
        self.bill_hash = move and state == "decoded" and move._coworking_get_hash()
        return result

    def _get_obstacles(self, move):
        """What these files, which came for a draft bill, leave to look at before it is posted. What
        nobody could read is looked at once its file is archived.

        :return: list of ``Obstacle``, see ``account.move``
        """
        read = self.filtered(lambda file: file.state == "decoded")
        doubtful = read.filtered(lambda file: file.cause not in CLEAR_CAUSES)
        result = [Obstacle(file.message, file.active and "to_type" or "") for file in doubtful]
        for file in self.filtered(lambda file: file.state == "waiting"):
            result.append(Obstacle(file.message, "reading"))
        for file in self.filtered("active"):
            if file.state == "to_type":
                words = self.env._(
                    "%s was not read: compare the draft with it, then archive that file.",
                    file.name,
                )
                result.append(Obstacle(words, "to_type"))
            elif file.cause == "same_reference":
                words = self.env._(
                    "%s came as well, with the same number: compare them, then archive that file.",
                    file.name,
                )
                result.append(Obstacle(words, "to_type"))
        if read and not any(read.mapped("bill_hash")):
            words = self.env._(
                "Its document was read before it was noted what it said: compare the bill with"
                " it, and post it."
            )
            result.append(Obstacle(words))
        elif read and move._coworking_get_hash() not in read.mapped("bill_hash"):
            words = self.env._("The draft was changed since the document of the space was read.")
            result.append(Obstacle(words))
        return result
