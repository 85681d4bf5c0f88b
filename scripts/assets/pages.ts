// The guides, in reading order: the files of docs/guides. The first heading of each is its title, and its first paragraph
// the summary.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../tools/tools.ts";

const SECTIONS = [
	{ title: "Begin", slugs: ["quick-start", "authentication"] },
	{
		title: "Every request",
		slugs: ["pagination", "sync", "custom-fields", "rate-limits", "idempotency", "errors"],
	},
	{ title: "Tasks", slugs: ["web-forms", "quotation-to-invoice", "two-way-sync", "outages", "narrow-keys"] },
	{ title: "Webhooks", slugs: ["webhooks", "verifying-webhooks", "slack"] },
	{ title: "Other apps", slugs: ["zapier", "n8n", "make"] },
	{ title: "Programs and agents", slugs: ["typescript", "files", "agents"] },
] as const;

export interface Guide {
	/** Its address is `/docs/<slug>`. */
	readonly slug: string;
	readonly section: string;
	readonly title: string;
	/** The first paragraph as plain text. */
	readonly summary: string;
	/** The text of the file; its links to other guides also work from `/docs/<slug>.md`. */
	readonly markdown: string;
}

/** All guides. */
export function readGuides(): Guide[] {
	return SECTIONS.flatMap(({ title, slugs }) => slugs.map((slug) => readGuide(slug, title)));
}

function readGuide(slug: string, section: string): Guide {
	const markdown = readFileSync(join(repositoryRoot, "docs", "guides", `${slug}.md`), "utf8");
	const [, title, first] = markdown.match(/^# (.+)\n\n((?:.+\n)+)/) ?? [];
	if (!title || !first) throw new Error(`${slug}.md must begin with a heading and a paragraph.`);
	return { slug, section, title, summary: plain(first), markdown };
}

/** A paragraph without Markdown for links, code and emphasis. */
function plain(paragraph: string): string {
	return paragraph
		.trim()
		.replaceAll("\n", " ")
		.replaceAll(/\[([^\]]+)\]\([^)]+\)/g, "$1")
		.replaceAll(/[`*]/g, "");
}
