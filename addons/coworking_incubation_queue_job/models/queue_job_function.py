from odoo import api, models


class QueueJobFunction(models.Model):
    _inherit = "queue.job.function"

    @api.private
    def job_function_name(self, model_name, method_name):
        """How our work is done is said once, whatever model it is of, of whatever addon."""
        if method_name == "_do_as_job":
            model_name = "coworking.record.mixin"
        return super().job_function_name(model_name, method_name)
