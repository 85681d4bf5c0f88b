// Which guides there are, in the order a reader meets them. Each is a Markdown file whose first heading is its title and
// whose first paragraph says what it is for; one that isn't there is left out.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../tools/tools.ts";

const SECTIONS = [
	{ title: "Begin", slugs: ["quick-start", "authentication"] },
	{
		title: "Every request",
		slugs: ["pagination", "sync", "custom-fields", "rate-limits", "idempotency", "errors"],
	},
	{ title: "Webhooks", slugs: ["webhooks", "verifying-webhooks"] },
	{ title: "Programs and agents", slugs: ["typescript", "agents"] },
] as const;

/** The files of the guides lie in one of these. */
const FOLDERS = ["docs/guides", "docs"];

export interface Guide {
	/** Its address is `/docs/<slug>`. */
	readonly slug: string;
	readonly section: string;
	readonly title: string;
	/** The first paragraph as plain text. */
	readonly summary: string;
	/** With links as they lead from `/docs/<slug>.md`. */
	readonly markdown: string;
}

/** Every guide there is. */
export function readGuides(): Guide[] {
	return SECTIONS.flatMap(({ title: section, slugs }) =>
		slugs.flatMap((slug) => {
			const file = FOLDERS.map((folder) => join(root, folder, `${slug}.md`)).find(existsSync);
			return file ? [guideOf(slug, section, readFileSync(file, "utf8"))] : [];
		}),
	);
}

function guideOf(slug: string, section: string, text: string): Guide {
	const [, title, first] = text.match(/^# (.+)\n\n((?:.+\n)+)/) ?? [];
	if (!title || !first) throw new Error(`${slug}.md must begin with a heading and a paragraph.`);
	const markdown = text.replaceAll(/\]\((?:\.\.\/|guides\/)([a-z-]+\.md)/g, "]($1");
	return { slug, section, title, summary: plain(first), markdown };
}

/** A paragraph without its marks: links, code, emphasis. */
function plain(paragraph: string): string {
	return paragraph
		.trim()
		.replaceAll("\n", " ")
		.replaceAll(/\[([^\]]+)\]\([^)]+\)/g, "$1")
		.replaceAll(/[`*]/g, "");
}
