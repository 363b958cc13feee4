"""From 19.0.1.1.0: prices of a date that list fewer ranks than those before were taken as they are.
They are in force: they stay, as meant.
"""


def migrate(cr, version):
    cr.execute(
        """
        WITH ladder AS (
                 SELECT tariff_id, date_start, MAX(rank) AS last,
                        LAG(MAX(rank)) OVER (PARTITION BY tariff_id ORDER BY date_start) AS before
                   FROM coworking_tariff_price
               GROUP BY tariff_id, date_start)
        UPDATE coworking_tariff_price price
           SET fewer_ranks = true
          FROM ladder
         WHERE ladder.last < ladder.before AND price.tariff_id = ladder.tariff_id
           AND price.date_start = ladder.date_start AND price.rank = ladder.last
        """
    )
