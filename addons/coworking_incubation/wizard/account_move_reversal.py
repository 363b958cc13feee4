from odoo import models

from ..tools import filter_filled


class AccountMoveReversal(models.TransientModel):
    """What is made in the place of a participant's invoice asks for the same part, and nobody is
    asked for it again. Of an operator's bill its words say what it is for.
    """

    _inherit = "account.move.reversal"

    def modify_moves(self):
        action = super().modify_moves()
        self._coworking_hand_parts_over()
        return action

    def _coworking_hand_parts_over(self):
        """To the copies that Odoo made of those that it reversed, in their order; not where another
        addon made others.
        """
        # sudo: whoever credits an invoice need not know the programme's statements
        moves, copies = self.move_ids.sudo(), self.new_move_ids.sudo().sorted("id")
        linked = filter_filled(moves, "coworking_statement_id")
        if not linked or len(copies) != len(moves):
            return
        # The database must know that one was taken back before another one is in its place.
        linked.flush_recordset(["payment_state"])
        reversed_now = linked - linked._coworking_standing()
        for move, copy in zip(moves, copies, strict=True):
            lines, others = move.invoice_line_ids, copy.invoice_line_ids
            if move in reversed_now and move.is_sale_document() and len(lines) == len(others):
                copy.coworking_statement_id = move.coworking_statement_id
                for line, other in zip(lines, others, strict=True):
                    other.coworking_charge_id = line.coworking_charge_id
