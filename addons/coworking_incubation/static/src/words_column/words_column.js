import { utils } from "@web/core/ui/ui_service";
import { registry } from "@web/core/registry";
import { listTextField } from "@web/views/fields/text/text_field";

/** Words of a list that are read: a telephone, which scrolls it anyway, does not crush them. */
registry.category("fields").add("list.coworking_words", {
    ...listTextField,
    listViewWidth: () => (utils.isSmall() ? [220] : [80, 1200]),
});
