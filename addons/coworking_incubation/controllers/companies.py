from werkzeug.exceptions import BadRequest

from odoo.http import request

# More than anybody works for at once.
MOST_COMPANIES = 100


def use_companies(companies):
    """Answer for the companies that are chosen on top of the page, the first of them first.

    Odoo's own calls bring them in their context; our routes have them as a parameter.

    :param companies: list of ids; none: the company of the user
    :raise BadRequest: this is no list of ids
    :raise AccessError: later, when the company is read: one of them is not the user's
    """
    if not companies:
        return
    if (
        not isinstance(companies, list)
        or len(companies) > MOST_COMPANIES
        or not all(type(number) is int and 0 < number < 2**31 for number in companies)
    ):
        raise BadRequest
    request.update_context(allowed_company_ids=companies)
