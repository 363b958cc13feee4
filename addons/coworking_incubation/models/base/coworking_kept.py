from odoo import api, models


class CoworkingKept(models.AbstractModel):
    """Which documents are kept as they are, and which are not for everybody: hooks of
    ``ir.attachment`` for rooms to extend, see ``coworking.contact``.
    """

    _name = "coworking.kept"
    _description = "Document Kept as It Is"

    @api.model
    def _get_keepers(self):
        """(model, name of a field that it names in ``_marks``) of what may keep a file of whatever
        record: one without a mark is not asked.
        """
        return set()

    @api.model
    def _check_not_kept(self, files):
        """
        :raise UserError: one of these may not be changed or deleted
        """

    @api.model
    def _get_hidden_models(self):
        """Names of the models of which the user finds no attachment."""
        return set()

    @api.model
    def _get_hidden(self, model_and_ids):
        """
        :param model_and_ids: dict model -> ids of what attachments are on
        :return: list of (model, id) of those of which the user opens none
        """
        return [
            (model, row_id)
            for model in self._get_hidden_models()
            for row_id in model_and_ids.get(model, ())
        ]
