import logging

from psycopg2 import DataError, IntegrityError, ProgrammingError

from odoo import models
from odoo.exceptions import ValidationError
from odoo.http import request

from ...tools import PREFIX

_logger = logging.getLogger(__name__)

# What our addresses begin with.
OURS = ("/incubation", "/my/coworking", "/my/incubation", "/my/agreements", "/coworking_incubation")


# What Odoo raises, as an error of the server, of values that no field takes.
NO_VALUES = (AssertionError, AttributeError, LookupError, TypeError, ValueError)
NO_VALUES = (*NO_VALUES, DataError, ProgrammingError)


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, endpoint):
        """Programs that call our models by JSON-2 are told what is wrong in the language that they
        ask for, or of their user; of what the database refuses, too, which Odoo says once it knows
        neither of them any more. Values that no field takes are no error of the server.
        """
        model = request.params.get("__model__") or ""
        if request.dispatcher.routing_type != "json2" or not model.startswith(PREFIX):
            return super()._dispatch(endpoint)
        asked = request.params.get("context") or {}
        context = {"lang": request.env.user.lang, **asked}
        request.params["context"] = context
        try:
            result = super()._dispatch(endpoint)
            request.env.flush_all()
        except IntegrityError as error:
            env = cls._begin_again(context)
            models_by_table = {kind._table: kind._name for kind in env.values()}
            refusing = env[models_by_table.get(error.diag.table_name, "base")]
            raise ValidationError(refusing._sql_error_to_message(error)) from error
        except NO_VALUES as error:
            if request.params["__method__"] not in ("create", "write"):
                raise
            _logger.info("Values that %s does not take", model, exc_info=True)
            env = cls._begin_again(context)
            message = env._(
                "“%(kind)s” does not take these values: one is missing, or not of the kind that its"
                " field takes. %(error)s",
                kind=env["ir.model"]._get(model).name or model,
                error=error,
            )
            raise ValidationError(message) from error
        return result

    @classmethod
    def _begin_again(cls, context):
        """What was done is taken back, as Odoo's ``retrying`` does before it says why."""
        request.env.cr.rollback()
        request.env.transaction.reset()
        return request.env(context=context)

    @classmethod
    def _serve_fallback(cls):
        """Where there is no page, Odoo looks for a file of that name: none has a NUL in it, and
        PostgreSQL takes none.
        """
        path = request.httprequest.path
        if "\0" in path and path.startswith(OURS):
            return None
        return super()._serve_fallback()

    def session_info(self):
        """Of which models the screens offer no download: see ``coworking.record.mixin``."""
        info = super().session_info()
        if self.env.user._is_internal():
            info["coworking_export_refused"] = sorted(
                name
                for name, model in self.env.items()
                if name.startswith(PREFIX)
                and hasattr(model, "_is_export_refused")
                and model._is_export_refused()
            )
        return info

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        """The words of our scripts, in the language of whoever reads the public pages."""
        return [*super()._get_translation_frontend_modules_name(), "coworking_incubation"]
