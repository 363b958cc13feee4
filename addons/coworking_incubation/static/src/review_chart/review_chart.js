import { cookie } from "@web/core/browser/cookie";
import { getColor } from "@web/core/colors/colors";
import { registry } from "@web/core/registry";
import {
    JournalDashboardGraphField,
    journalDashboardGraphField,
} from "@web/views/fields/journal_dashboard_graph/journal_dashboard_graph_field";

/** Ratings of the reviews over time: their average, each axis, and what one hopes for. */
export class ReviewChartField extends JournalDashboardGraphField {
    getLineChartConfig() {
        const config = super.getLineChartConfig();
        const scheme = cookie.get("color_scheme");
        const [average] = config.data.datasets;
        config.data.datasets = this.data.map((series, index) =>
            index
                ? {
                      label: series.key,
                      data: series.values,
                      borderColor: getColor(index, scheme, 12),
                      backgroundColor: getColor(index, scheme, 12),
                      borderWidth: 1,
                      borderDash: series.dashed ? [6, 4] : [],
                      pointRadius: series.dashed ? 0 : 3,
                  }
                : { ...average, borderWidth: 3 }
        );
        // beside the lines, a telephone would cut the names of the axes
        const position = this.env.isSmall ? "bottom" : "right";
        config.options.plugins.legend = { display: true, position };
        config.options.scales = {
            x: { display: true },
            y: { display: true, min: 0, max: 5, ticks: { stepSize: 1 } },
        };
        return config;
    }
}

registry.category("fields").add("review_chart", {
    ...journalDashboardGraphField,
    component: ReviewChartField,
});
