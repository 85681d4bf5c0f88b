// What the search of the pages finds in the guides: each section, with its plain text.
import { Marked, type Token } from "marked";
import type { Guide } from "./pages.ts";
import type { Heading } from "./render.ts";

interface Section {
	readonly href: string;
	readonly title: string;
	/** Where it is. */
	readonly place: string;
	text: string;
}

/** The sections of a guide; the first is what stands before its first heading. `headings` are those that were rendered. */
export function sectionsOf(guide: Guide, headings: readonly Heading[]): readonly Section[] {
	const first: Section = { href: `/docs/${guide.slug}`, title: guide.title, place: guide.section, text: "" };
	const sections = [first];
	for (const token of new Marked({ gfm: true }).lexer(guide.markdown)) {
		const heading = token.type === "heading" && token.depth > 1 ? headings[sections.length - 1] : undefined;
		if (heading)
			sections.push({
				href: `${first.href}#${heading.anchor}`,
				title: heading.text,
				place: guide.title,
				text: "",
			});
		else if (token.type !== "heading") (sections.at(-1) ?? first).text += ` ${plainText(token)}`;
	}
	return sections;
}

/** The words of a token, without Markdown. */
function plainText(token: Token): string {
	if (token.type === "table")
		return [token.header, ...token.rows]
			.flatMap((row) => row.flatMap(({ tokens }: { tokens: Token[] }) => tokens.map(plainText)))
			.join(" ");
	if (token.type === "list") return token.items.map(plainText).join(" ");
	if ("tokens" in token && token.tokens) return token.tokens.map(plainText).join("");
	return "text" in token ? token.text : "";
}
