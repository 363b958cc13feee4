import logging
from itertools import pairwise
from traceback import walk_tb

import psycopg2
import psycopg2.errors

from odoo import models
from odoo.exceptions import MissingError, ValidationError
from odoo.http import request

from ...tools import PREFIX, ErrorWithLink
from .coworking_record_mixin import describe_lost
from .json_2 import (
    READERS,
    WRITERS,
    find_emptied,
    find_lost_reference,
    find_unfit_question,
    find_unfit_value,
    read_context,
)

_logger = logging.getLogger(__name__)

# What our addresses begin with.
OURS = ("/incubation", "/my/coworking", "/my/incubation", "/my/agreements", "/coworking_incubation")

# By which programs call models, and what of addons is at work there, besides the method called.
JSON_2 = "/json/2/<__model__>/<__method__>"
ON_THE_WAY = {"_dispatch", "web_json_2_rpc"}
SCREENS = "odoo.addons.web."  # where reading for screens is
# Of a text that has no place in an index.
TOO_LONG = psycopg2.errors.ProgramLimitExceeded
CHECKED = {*READERS, *WRITERS, "name_create"}
# What Odoo raises, as an error of the server, of values that no field takes.
NO_VALUES = (
    *(AssertionError, AttributeError, LookupError, TypeError, ValueError),
    *(psycopg2.DataError, psycopg2.ProgrammingError, TOO_LONG),
)


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, endpoint):
        """Programs that call our models by JSON-2 are told what is wrong in the language that they
        ask for, or of their user; of what the database refuses, too, which Odoo says once it knows
        neither of them any more. Values that no field takes are no error of the server.
        """
        if JSON_2 not in endpoint.routing["routes"]:
            return super()._dispatch(endpoint)
        model, method = request.params["__model__"], request.params["__method__"]
        if not model.startswith(PREFIX) or model not in request.env:
            return super()._dispatch(endpoint)
        context = {"lang": request.env.user.lang}
        asked = read_context(request.params.get("context") or {})
        if asked is None:
            cls._check_fit(lambda *__: "context", model, method, context)
        context |= asked
        request.params["context"] = context
        cls._check_fit(find_unfit_value, model, method, context)
        try:
            if method == "write":  # said by Odoo of a field it reads first
                called = request.env(context=context)[model].browse(request.params.get("ids"))
                called.check_access("write")
            result = super()._dispatch(endpoint)
            request.env.flush_all()
        except ErrorWithLink as error:  # the button is for screens
            raise ValidationError(str(error)) from error
        except MissingError as error:
            missing = cls._find_missing(cls._begin_again(context)[model], method)
            raise (missing or error) from error
        except psycopg2.IntegrityError as error:
            env = cls._begin_again(context)
            models_by_table = {kind._table: kind._name for kind in env.registry.values()}
            refusing = env[models_by_table.get(error.diag.table_name, "base")]
            raise ValidationError(refusing._sql_error_to_message(error)) from error
        except NO_VALUES as error:
            cls._begin_again(context)
            cls._check_fit(find_unfit_question, model, method, context)
            cls._check_one_called(error, model, context)
            cls._check_filled(model, method, context)
            if method not in CHECKED or not cls._is_of_values(error, method):
                raise
            _logger.warning("Values that %s does not take", model, exc_info=True)
            env = cls._begin_again(context)
            raise ValidationError(cls._describe_unfit(env, model)) from error
        return result

    @classmethod
    def _check_fit(cls, find_unfit, model, method, context):
        """
        :raise ValidationError: what the program sends is not what this model takes
        """
        env = request.env(context=context)
        unfit = find_unfit(env[model], method, request.params)
        if unfit:
            field = env[model]._fields.get(unfit)
            name = field._description_string(env) if field else unfit
            problem = cls._describe_unfit(env, model)
            raise ValidationError(env._("%(names)s: %(problem)s", names=name, problem=problem))

    @classmethod
    def _find_missing(cls, model, method):
        """Odoo's words for what is not there are English alone, and do not say what leads to it.

        :return: the error that says so; ``None`` where the program names nothing of the kind
        """
        if lost := find_lost_reference(model, method, request.params):
            return ValidationError(describe_lost(*lost))
        called = model.browse(request.params.get("ids") or ())
        missing = called - called.exists()
        return missing and MissingError(
            model.env._(
                "“%(kind)s” %(number)s is not there, or not any more: look up what is.",
                kind=model.env["ir.model"]._get(model._name).name,
                number=missing.ids[0],
            )
        )

    @classmethod
    def _describe_unfit(cls, env, model):
        return env._(
            "“%(kind)s” does not take these values: one is missing, or not of the kind that its"
            " field takes.",
            kind=env["ir.model"]._get(model).name or model,
        )

    @classmethod
    def _check_one_called(cls, error, model, context):
        """
        :raise ValidationError: a method that is for one record was called for none, or several
        """
        *__, last = (frame for frame, __ in walk_tb(error.__traceback__))
        of = {"ensure_one": "self", "__get__": "record"}.get(last.f_code.co_name)
        meant, ids = last.f_locals.get(of), request.params.get("ids") or []
        of_none = not (ids or meant)  # on the way from none, another model is asked for one
        of_several = isinstance(meant, models.BaseModel) and len(meant) != 1
        if of_several and ((meant._name == model and meant.ids == ids) or of_none):
            env = request.env(context=context)
            raise ValidationError(
                env._(
                    "“%(kind)s” does this for one record at a time: “ids” names one.",
                    kind=env["ir.model"]._get(model).name or model,
                )
            ) from error

    @classmethod
    def _check_filled(cls, model, method, context):
        """
        :raise ValidationError: what failed was to empty a required field
        """
        called = request.env(context=context)[model].browse(request.params.get("ids") or ())
        field = find_emptied(called, method, request.params)
        if field and field.type != "boolean" and hasattr(called, "_refuse_missing"):
            called[:1]._refuse_missing(field)

    @classmethod
    def _is_of_values(cls, error, method):
        """Whether Odoo, its own screens included, or the database refuses values; what code of
        another addon does wrong with them, other than hand its own call on, is an error of the
        server. So is SQL of ours that fails where nothing is written, or a field that it leaves
        without a value.
        """
        if isinstance(error, psycopg2.Error):
            refused = isinstance(error, psycopg2.DataError | TOO_LONG) or not error.pgcode
            if method not in READERS or not refused:
                return refused
        steps = []
        for frame, __ in walk_tb(error.__traceback__):
            module = frame.f_globals.get("__name__", "")
            is_addon = module.startswith("odoo.addons.") and not module.startswith(SCREENS)
            steps.append((frame.f_code.co_name, is_addon))
        raised_by, is_addon = steps[-1]
        return not (is_addon or raised_by == "__get__") and all(
            name == called or name in ON_THE_WAY | {method}
            for (name, is_addon), (called, __) in pairwise(steps)
            if is_addon
        )

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
