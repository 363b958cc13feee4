"""From 19.0.1.1.0: the tokens of links to registrations were kept in clear. Their hashes are kept
now, so that the links in mails sent before still open.
"""

from odoo.tools.sql import column_exists


def migrate(cr, version):
    if not column_exists(cr, "coworking_attendance", "access_token"):
        return
    cr.execute(
        """
        UPDATE coworking_attendance
           SET link_hashes = concat_ws(
                   ' ', link_hashes, encode(sha256(convert_to(access_token, 'UTF8')), 'hex')
               )
         WHERE access_token IS NOT NULL
        """
    )
