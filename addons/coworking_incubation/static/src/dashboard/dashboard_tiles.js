import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getCustomColor, hexToRGBA } from "@web/core/colors/colors";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { registry } from "@web/core/registry";

import { Component, onWillStart, useEffect, useRef, useState } from "@odoo/owl";

const tiles = registry.category("coworking_dashboard_tiles");
const SCHEME = cookie.get("color_scheme");
const GRID = getCustomColor(SCHEME, "rgba(0,0,0,.08)", "rgba(255,255,255,.15)");
const TEXT = getCustomColor(SCHEME, "#111827", "#E4E4E4");
// By what a series means: what it is about, what is left, what others have, who comes, who goes.
const COLORS = {
    main: getCustomColor(SCHEME, "#714B67", "#A97C9E"),
    calm: getCustomColor(SCHEME, "#D9CBD5", "#5A4B57"),
    other: getCustomColor(SCHEME, "#9AA0AC", "#7E8290"),
    in: getCustomColor(SCHEME, "#1AA094", "#2BC0B2"),
    out: getCustomColor(SCHEME, "#E5984B", "#E9A965"),
};
const FORECAST = 0.4;

class Tile extends Component {
    static props = { tile: Object, open: Function, act: Function };
}

export class FigureTile extends Tile {
    static template = "coworking_incubation.FigureTile";
}

export class RateTile extends Tile {
    static template = "coworking_incubation.RateTile";
}

export class BarsTile extends Tile {
    static template = "coworking_incubation.BarsTile";
}

export class GridTile extends Tile {
    static template = "coworking_incubation.GridTile";

    open(line, cell, index) {
        const month = this.props.tile.columns[index].label;
        this.props.open(this.props.tile, { ...cell, label: `${line.label}, ${month}` });
    }
}

export class SeatsTile extends Tile {
    static template = "coworking_incubation.SeatsTile";
}

/** Series by month: a chart of Odoo's own library, and its figures as a table for who prefers it. */
export class ChartTile extends Tile {
    static template = "coworking_incubation.ChartTile";

    setup() {
        this.canvas = useRef("canvas");
        this.state = useState({ asTable: false });
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (canvas) => {
                const chart = canvas && new Chart(canvas, this.getConfig());
                return () => chart?.destroy();
            },
            () => [this.canvas.el, this.props.tile]
        );
    }

    open(series, index) {
        const { labels } = this.props.tile;
        const cell = series.cells[index];
        if (cell.rows) {
            this.props.open(this.props.tile, { ...cell, label: `${series.label}, ${labels[index]}` });
        }
    }

    isForecast(series, index) {
        return series.is_forecast || index >= (this.props.tile.future_from ?? Infinity);
    }

    getDataset(series) {
        const color = COLORS[series.color];
        if (series.is_line) {
            return {
                type: "line",
                label: series.label,
                stack: series.stack,
                data: series.cells.map((cell) => (cell.rows ? cell.value : null)),
                borderColor: color,
                backgroundColor: color,
                borderWidth: 2,
                pointRadius: 3,
                order: -1,
            };
        }
        return {
            label: series.label,
            stack: series.stack,
            data: series.cells.map((cell) => cell.value),
            backgroundColor: series.cells.map((_cell, index) =>
                this.isForecast(series, index) ? hexToRGBA(color, FORECAST) : color
            ),
            borderColor: color,
            borderWidth: series.is_forecast ? 1 : 0,
            borderRadius: 2,
            maxBarThickness: 28,
        };
    }

    getConfig() {
        const { labels, series } = this.props.tile;
        const lang = user.lang.replace("_", "-");
        return {
            type: "bar",
            data: { labels, datasets: series.map((row) => this.getDataset(row)) },
            options: {
                animation: false,
                maintainAspectRatio: false,
                onClick: (_event, [bar]) => bar && this.open(series[bar.datasetIndex], bar.index),
                onHover: (event, bars) => {
                    event.native.target.style.cursor = bars.length ? "pointer" : "";
                },
                plugins: {
                    legend: {
                        position: "bottom",
                        labels: { boxWidth: 12, boxHeight: 12, color: TEXT },
                    },
                    tooltip: {
                        callbacks: {
                            label: ({ datasetIndex, dataIndex }) => {
                                const { label, cells } = series[datasetIndex];
                                const figure = cells[dataIndex].text;
                                return _t("%(what)s: %(figure)s", { what: label, figure });
                            },
                        },
                    },
                },
                scales: {
                    x: {
                        stacked: true,
                        grid: { display: false },
                        ticks: { color: TEXT, maxRotation: 60 },
                    },
                    y: {
                        stacked: true,
                        beginAtZero: true,
                        border: { display: false },
                        grid: { color: GRID },
                        ticks: {
                            color: TEXT,
                            precision: 0,
                            maxTicksLimit: 6,
                            callback: (value) => value.toLocaleString(lang),
                        },
                    },
                },
            },
        };
    }
}

tiles
    .add("figure", FigureTile)
    .add("rate", RateTile)
    .add("chart", ChartTile)
    .add("bars", BarsTile)
    .add("grid", GridTile)
    .add("seats", SeatsTile);
