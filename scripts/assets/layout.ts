// The page around a guide. It loads only files of this host, and works without the script.
import { escapeHtml } from "./highlight.ts";
import type { Guide } from "./pages.ts";
import type { Heading, Rendered } from "./render.ts";

const REFERENCE = [
	{ href: "/docs", title: "API reference" },
	{ href: "/openapi.json", title: "OpenAPI document" },
	{ href: "/api/v1/webhook-events", title: "Event catalogue" },
	{ href: "/postman.json", title: "Postman collection" },
	{ href: "/llms.txt", title: "llms.txt" },
];

/** The complete HTML page of a guide. */
export function page(guide: Guide, { html, headings }: Rendered, guides: readonly Guide[]): string {
	const at = guides.indexOf(guide);
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${escapeHtml(guide.summary)}">
<title>${escapeHtml(guide.title)} · Leadwire</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="alternate" type="text/markdown" href="/docs/${guide.slug}.md">
<link rel="stylesheet" href="/theme.css">
<link rel="stylesheet" href="/guide.css">
<link rel="stylesheet" href="/code.css">
<link rel="stylesheet" href="/search.css">
<script src="/search.js" defer></script>
<script src="/guide.js" defer></script>
</head>
<body>
<a class="skip" href="#content">Skip to the text</a>
<header class="bar">
<a class="brand" href="/"><img src="/favicon.svg" alt="" width="24" height="24">Leadwire</a>
<nav aria-label="Site"><a href="/docs/${guides[0]?.slug}" aria-current="true">Guides</a><a href="/docs">API reference</a></nav>
</header>
<div class="frame">
<details class="menu">
<summary>${escapeHtml(guide.section)} <span aria-hidden="true">›</span> ${escapeHtml(guide.title)}</summary>
${contents(guide, guides, "Guides, as a menu")}
</details>
<div class="side">${contents(guide, guides, "Guides")}</div>
<main id="content">
<p class="eyebrow">${escapeHtml(guide.section)}</p>
<h1>${escapeHtml(guide.title)}</h1>
${html}
<p class="twin"><a href="/docs/${guide.slug}.md">This page as Markdown</a></p>
<nav class="turn" aria-label="Before and after">
${turn("Before", "prev", guides[at - 1])}
${turn("After", "next", guides[at + 1])}
</nav>
</main>
${onThisPage(headings)}
</div>
</body>
</html>
`;
}

function contents(current: Guide, guides: readonly Guide[], label: string): string {
	const sections = [...new Set(guides.map(({ section }) => section))];
	const lists = sections.map((section) => {
		const items = guides
			.filter((guide) => guide.section === section)
			.map((guide) => ({
				href: `/docs/${guide.slug}`,
				title: guide.title,
				here: guide === current,
			}));
		return list(section, items);
	});
	return `<nav class="toc" aria-label="${label}">${lists.join("")}${list("Reference", REFERENCE)}</nav>`;
}

function list(title: string, items: readonly { href: string; title: string; here?: boolean }[]): string {
	const entries = items.map(
		({ href, title, here }) =>
			`<li><a href="${href}"${here ? ' aria-current="page"' : ""}>${escapeHtml(title)}</a></li>`,
	);
	return `<p>${escapeHtml(title)}</p><ul>${entries.join("")}</ul>`;
}

function turn(label: string, rel: string, guide: Guide | undefined): string {
	if (!guide) return "<span></span>";
	return `<a rel="${rel}" class="${rel}" href="/docs/${guide.slug}"><small>${label}</small>${escapeHtml(guide.title)}</a>`;
}

function onThisPage(headings: readonly Heading[]): string {
	const shown = headings.filter(({ depth }) => depth === 2);
	const items = shown.map(({ anchor, text }) => `<li><a href="#${anchor}">${escapeHtml(text)}</a></li>`);
	return `<div class="here"><nav class="toc" aria-label="On this page"><p>On this page</p><ul>${items.join("")}</ul></nav></div>`;
}
