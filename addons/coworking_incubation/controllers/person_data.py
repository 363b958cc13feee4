from werkzeug.wsgi import wrap_file

from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import Response, content_disposition, request


class CoworkingPersonData(http.Controller):
    @http.route(
        "/coworking_incubation/person/<int:participant_id>/data",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def person_data(self, participant_id):
        """Everything held on a person, for a coordinator who hands it to them. It is traced."""
        file = request.env["coworking.participant"].browse(participant_id)
        try:
            file._check_may_get_all_data()
            stream = file._make_all_data()
        except (AccessError, MissingError):
            return request.not_found()
        response = Response(
            wrap_file(request.httprequest.environ, stream),
            direct_passthrough=True,
            mimetype="application/zip",
            headers=[
                # no name of a person in the name of a file
                ("Content-Disposition", content_disposition(f"donnees-{file.id}.zip")),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
        response.call_on_close(stream.close)
        return response
