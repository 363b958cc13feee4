import { registry } from "@web/core/registry";
import { dateField, DateTimeField } from "@web/views/fields/datetime/datetime_field";

/** A date that stands for its month: read and chosen as "octobre 2026". */
export class MonthField extends DateTimeField {
    static defaultProps = {
        ...DateTimeField.defaultProps,
        maxPrecision: "months",
        minPrecision: "months",
    };

    getFormattedValue(valueIndex) {
        return this.values[valueIndex]?.toFormat("MMMM yyyy") || "";
    }
}

registry.category("fields").add("coworking_month", {
    ...dateField,
    component: MonthField,
    extractProps: ({ placeholder }, { required }) => ({ placeholder, required }),
    listViewWidth: [110, 140],
});
