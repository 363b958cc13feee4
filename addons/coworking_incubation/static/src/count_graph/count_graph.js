import { registry } from "@web/core/registry";
import { formatInteger } from "@web/views/fields/formatters";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { graphView } from "@web/views/graph/graph_view";

// What somebody did means the same in every chart: who came is green, who was missed is red.
const STATE_COLORS = {
    present: "#1AA094",
    absent: "#D9534F",
    excused: "#E5984B",
    expected: "#9AA0AC",
    waiting: "#8481DD",
    cancelled: "#D5D8DE",
};

/** Counts and whole days have no decimals, rates say that they are, and states have their colour. */
export class CountGraphRenderer extends GraphRenderer {
    getScaleOptions() {
        const options = super.getScaleOptions();
        const { measure, measures } = this.model.metaData;
        if (options.y && (measure === "__count" || measures[measure]?.type === "integer")) {
            options.y.ticks.precision = 0;
            options.y.ticks.callback = (value) => formatInteger(value);
        } else if (options.y && measure.endsWith("_rate")) {
            options.y.ticks.precision = 0;
            options.y.ticks.callback = (value) => `${formatInteger(value)} %`;
        } else if (options.y && measures[measure]?.type === "float") {
            const format = options.y.ticks.callback;
            options.y.ticks.callback = (value) =>
                Number.isInteger(value) ? formatInteger(value) : format(value);
        }
        return options;
    }

    getBarChartData() {
        const data = super.getBarChartData();
        for (const dataset of data.datasets) {
            dataset.backgroundColor = this.getStateColor(dataset) || dataset.backgroundColor;
        }
        return data;
    }

    getStateColor(dataset) {
        const leaves = dataset.domains?.find((domain) => domain?.length) || [];
        // the group comes last, after what the list is filtered by
        const state = leaves.findLast((leaf) => leaf[0] === "state" && leaf[1] === "=");
        return state && this.props.model.metaData.resModel === "coworking.attendance"
            ? STATE_COLORS[state[2]]
            : undefined;
    }
}

registry.category("views").add("coworking_graph", { ...graphView, Renderer: CountGraphRenderer });
