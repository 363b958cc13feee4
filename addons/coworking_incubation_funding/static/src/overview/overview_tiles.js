import { registry } from "@web/core/registry";

import { Component } from "@odoo/owl";

class Tile extends Component {
    static props = { tile: Object, open: Function, act: Function };
}

/** Questions, each with its answer in words: one for each program that is looked at. */
export class AnswersTile extends Tile {
    static template = "coworking_incubation_funding.AnswersTile";
}

/** Amounts in lines and columns; each opens what it is made of. */
export class TableTile extends Tile {
    static template = "coworking_incubation_funding.TableTile";

    open(line, cell, index) {
        const { label } = this.props.tile.columns[index];
        this.props.open(this.props.tile, { ...cell, label: `${line.label}, ${label}` });
    }
}

registry
    .category("coworking_dashboard_tiles")
    .add("answers", AnswersTile)
    .add("table", TableTile);
