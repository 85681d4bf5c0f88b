// Makes the guides' pages of docs/: assets/docs/<slug>.html, the Markdown beside it for programs, and guides.json, which
// llms.txt is made of (src/site/guides.ts).
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../tools/tools.ts";
import { page } from "./layout.ts";
import { readGuides } from "./pages.ts";
import { render } from "./render.ts";

/** Builds every page anew. */
export function buildDocs(): void {
	const folder = join(root, "assets", "docs");
	const guides = readGuides();
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	for (const guide of guides) {
		writeFileSync(join(folder, `${guide.slug}.html`), page(guide, render(guide, guides), guides));
		writeFileSync(join(folder, `${guide.slug}.md`), guide.markdown);
	}
	writeFileSync(join(folder, "guides.json"), JSON.stringify(guides));
}

if (import.meta.main) buildDocs();
