// Syntax colours for code, applied when the guides are built, so that the page needs no script. One regular expression per
// kind of token is enough for our own samples.

const HASHED = new Set(["sh", "python", "php", "http"]);
const WORDS =
	/^(?:async|await|catch|class|const|continue|def|do|done|else|except|export|false|for|from|func|function|if|import|in|let|new|null|of|package|raise|return|throw|true|try|type|var|while|None|True|False|curl)$/;

const STRING = String.raw`"(?:[^"\\\n]|\\.)*"|'(?:[^'\\]|\\.)*'|${"`"}(?:[^${"`"}\\]|\\.)*${"`"}`;
const REST = String.raw`\$\{?\w+\}?|\b\d[\d_.]*\b|[A-Za-z_]\w*|-{1,2}[A-Za-z][\w-]*(?=\s)`;

export const escapeHtml = (text: string) =>
	text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** Code as HTML, with strings, comments, keywords and numbers in spans. */
export function highlight(code: string, language: string): string {
	if (language === "text" || language === "") return escapeHtml(code);
	if (language === "http") return http(code);
	const comment = HASHED.has(language)
		? String.raw`(?<=^|\s)#[^\n]*`
		: String.raw`(?<=^|\s)\/\/[^\n]*|\/\*[^]*?\*\/`;
	const tokens = new RegExp(`(?<comment>${comment})|(?<string>${STRING})|(?<rest>${REST})`, "gm");
	let html = "";
	let end = 0;
	for (const match of code.matchAll(tokens)) {
		const [token] = match;
		html += escapeHtml(code.slice(end, match.index));
		end = match.index + token.length;
		html += span(kindOf(match.groups ?? {}, code.slice(end)), token);
	}
	return html + escapeHtml(code.slice(end));
}

/** HTTP messages: header names and values, and the body as JSON. */
function http(code: string): string {
	const [head = "", ...body] = code.split("\n\n");
	const lines = head.split("\n").map((line) => {
		const [, name, value] = line.match(/^([\w-]+):(.*)$/) ?? [];
		return name ? `${span("key", name)}:${escapeHtml(value ?? "")}` : escapeHtml(line);
	});
	return [lines.join("\n"), ...body.map((part) => highlight(part, "json"))].join("\n\n");
}

function kindOf(groups: Record<string, string | undefined>, following: string): string | null {
	if (groups.comment) return "comment";
	if (groups.string) return /^\s*:/.test(following) ? "key" : "string";
	const word = groups.rest ?? "";
	if (/^[$-]/.test(word)) return "name";
	if (/^\d/.test(word)) return "number";
	return WORDS.test(word) ? "word" : null;
}

const span = (kind: string | null, text: string) =>
	kind ? `<span class="${kind}">${escapeHtml(text)}</span>` : escapeHtml(text);
