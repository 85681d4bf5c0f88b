// Renders a guide's Markdown as HTML: headings with anchors, code with a caption, tables with their own scrolling.
import { Marked, type Tokens } from "marked";
import { escapeHtml, highlight } from "./highlight.ts";
import type { Guide } from "./pages.ts";

export interface Heading {
	readonly depth: number;
	readonly anchor: string;
	readonly text: string;
}

export interface Rendered {
	/** The HTML after the title. */
	readonly html: string;
	/** The headings below the title. */
	readonly headings: readonly Heading[];
}

const CAPTIONS: Readonly<Record<string, string>> = {
	sh: "Shell",
	js: "JavaScript",
	json: "JSON",
	python: "Python",
	php: "PHP",
	go: "Go",
	text: "Output",
	http: "Request",
};

const REASONS: Readonly<Record<string, string>> = {
	200: "OK",
	201: "Created",
	202: "Accepted",
	204: "No Content",
	304: "Not Modified",
	400: "Bad Request",
	401: "Unauthorized",
	403: "Forbidden",
	404: "Not Found",
	409: "Conflict",
	412: "Precondition Failed",
	422: "Unprocessable Content",
	429: "Too Many Requests",
};

/** Renders one guide. A relative link to a file that is not one of `guides` is replaced by its text. */
export function render(guide: Guide, guides: readonly Guide[]): Rendered {
	const headings: Heading[] = [];
	const marked = new Marked({ gfm: true });
	marked.use({
		renderer: {
			heading({ tokens, depth, text }: Tokens.Heading) {
				if (depth === 1) return "";
				const anchor = anchorOf(text, headings);
				headings.push({ depth, anchor, text: text.replaceAll("`", "") });
				const inner = this.parser.parseInline(tokens);
				return `<h${depth} id="${anchor}"><a class="anchor" href="#${anchor}" aria-label="Link to this section">#</a>${inner}</h${depth}>\n`;
			},
			code({ text, lang = "" }: Tokens.Code) {
				const [language = "", mark = ""] = lang.split(" ");
				return figure(text, language, mark);
			},
			table(token: Tokens.Table) {
				const row = (cells: readonly Tokens.TableCell[], tag: "th" | "td") =>
					`<tr>${cells.map((cell) => `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join("")}</tr>`;
				const body = token.rows.map((cells) => row(cells, "td")).join("\n");
				const label = token.header.map(({ text }) => text).join(", ");
				return `<div class="table" tabindex="0" role="region" aria-label="${escapeHtml(`Table: ${label}`)}"><table><thead>${row(token.header, "th")}</thead><tbody>${body}</tbody></table></div>\n`;
			},
			link({ href, tokens }: Tokens.Link) {
				const inner = this.parser.parseInline(tokens);
				const target = addressOf(href, guides);
				return target ? `<a href="${escapeHtml(target)}">${inner}</a>` : inner;
			},
		},
	});
	const html = marked.parse(guide.markdown, { async: false });
	return { html: needsCaller(guide) ? html.replace("</p>\n", () => `</p>\n${CALLER}`) : html, headings };
}

/** Whether commands of a guide use what another guide sets. */
const needsCaller = ({ markdown }: Guide): boolean =>
	/\$LEADWIRE_URL|--no-install leadwire/.test(markdown) && !/^export LEADWIRE_URL/m.test(markdown);

/** What the commands of a guide need, for those who begin with this page. */
const CALLER = `<details class="given"><summary>Before you run these commands</summary>
${figure('export LEADWIRE_URL="https://crm.example.com"\nexport LEADWIRE_API_KEY="lw_live_…"', "sh", "")}<p>Set the key once in your shell (<a href="/docs/quick-start#1-authenticate">where it comes from</a>). Ids, keys and addresses in the commands are
examples: replace them by those of your answers.</p>
</details>
`;

/** The target of a link: `errors.md#x` is `/docs/errors#x`. */
function addressOf(href: string, guides: readonly Guide[]): string | null {
	if (/^(?:https:|\/|#)/.test(href)) return href;
	const [, slug, hash = ""] = href.match(/^([a-z-]+)\.md(#.*)?$/) ?? [];
	return guides.some((guide) => guide.slug === slug) ? `/docs/${slug}${hash}` : null;
}

/** The same anchors as on GitHub, so that a link works in both places. */
function anchorOf(text: string, taken: readonly Heading[]): string {
	const plain = text
		.toLowerCase()
		.replaceAll(/[^\p{L}\p{N} _-]/gu, "")
		.replaceAll(" ", "-");
	const before = taken.filter(({ anchor }) => anchor.replace(/-\d+$/, "") === plain).length;
	return before === 0 ? plain : `${plain}-${before}`;
}

/** `mark` is an answer's status or a file's name. */
function figure(code: string, language: string, mark: string): string {
	const status = /^\d{3}$/.test(mark) ? mark : null;
	const answer = status !== null || language === "text";
	const named = mark && mark !== "request" ? mark : (CAPTIONS[language] ?? language);
	const caption = status
		? `<span class="status s${status[0]}">${status}</span> ${REASONS[status] ?? ""}`
		: escapeHtml(named);
	const what = status ? `Answer ${status}` : named;
	const body = code
		? `<pre tabindex="0" aria-label="${escapeHtml(what)}"><code>${highlight(code, language)}</code></pre>`
		: "";
	return `<figure class="code${answer ? " answer" : ""}"><figcaption>${caption}</figcaption>${body}</figure>\n`;
}
