import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Each value of a selection as a button: one click rates, in a list as well, a second one takes
 * the rating back. The value of the field named by the option "before" is underlined.
 */
export class RatingField extends Component {
    static template = "coworking_incubation.RatingField";
    static props = { ...standardFieldProps, before: { type: String, optional: true } };

    get options() {
        const { name, record } = this.props;
        return record.fields[name].selection;
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get before() {
        const { before, record } = this.props;
        return before && { value: record.data[before], title: record.fields[before].string };
    }

    rate(value) {
        const { name, readonly, record } = this.props;
        if (!readonly) {
            return record.update({ [name]: value === this.value ? false : value });
        }
    }
}

registry.category("fields").add("coworking_rating", {
    component: RatingField,
    supportedTypes: ["selection"],
    // whatever row of a list is being edited: as Odoo's own toggles
    extractProps: ({ options }, { readonly }) => ({ before: options.before, readonly }),
});
