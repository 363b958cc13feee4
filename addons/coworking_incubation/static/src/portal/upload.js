import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

const LONGEST_SIDE = 3000; // pixels: the small print of a photographed page stays readable

/**
 * A file that is too large is said so before it is sent: a server in front of Odoo would refuse it in words of its own.
 * A photograph of a telephone is drawn smaller instead, which whoever took it could hardly do, and so is one in a form
 * that is not taken here (HEIC, WEBP).
 */
export class CoworkingUpload extends Interaction {
    static selector = "input[type='file'][data-most-bytes]";
    dynamicContent = { _root: { "t-on-change": this.onChoose } };

    async onChoose() {
        const most = Number(this.el.dataset.mostBytes);
        const [file] = this.el.files;
        const isLarge = file && file.size > most;
        this.el.setCustomValidity(isLarge ? this.el.dataset.tooLarge : "");
        const isDrawn = file?.type.startsWith("image/") && (isLarge || !this.el.accept.includes(file.type));
        const drawn = isDrawn && (await this.waitFor(this.draw(file)));
        if (file !== this.el.files[0]) {
            return; // another one was chosen meanwhile
        }
        if (drawn && drawn.size <= most) {
            const files = new DataTransfer();
            files.items.add(drawn);
            this.el.files = files.files;
            this.el.setCustomValidity("");
        }
        this.el.reportValidity();
    }

    /** The picture as a JPEG; null where the browser cannot read or draw it. */
    async draw(file) {
        try {
            const picture = await createImageBitmap(file);
            const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
            const canvas = document.createElement("canvas");
            canvas.width = Math.max(1, Math.round(picture.width * scale));
            canvas.height = Math.max(1, Math.round(picture.height * scale));
            const sheet = canvas.getContext("2d");
            sheet.fillStyle = "white"; // a JPEG has black where nothing is drawn
            sheet.fillRect(0, 0, canvas.width, canvas.height);
            sheet.drawImage(picture, 0, 0, canvas.width, canvas.height);
            const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
            return blob && new File([blob], `${file.name.replace(/\.\w+$/, "")}.jpg`, { type: "image/jpeg" });
        } catch {
            return null;
        }
    }
}

registry.category("public.interactions").add("coworking_incubation.upload", CoworkingUpload);
