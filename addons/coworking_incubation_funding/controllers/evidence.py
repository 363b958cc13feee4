from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request


class CoworkingEvidence(http.Controller):
    @http.route(
        "/coworking_incubation_funding/evidence/<int:evidence_id>",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def evidence(self, evidence_id):
        """A sealed archive, once its seal was looked at. It is traced."""
        evidence = request.env["coworking.evidence"].browse(evidence_id)
        try:
            archive = evidence._open_archive()
        except (AccessError, MissingError):
            return request.not_found()
        response = archive._to_http_stream().get_response(as_attachment=True)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
