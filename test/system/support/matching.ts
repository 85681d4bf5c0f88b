// Compares a command's output with what a guide shows. Fields that the guide leaves out are ignored. In place of an id,
// instant, cursor or secret, another one of the same kind is accepted and remembered.

/** Values that differ in each run: ids, keys and secrets, instants, cursors. */
const KINDS = [
	/^([a-z]+)_[0-9a-z]{26}$/,
	/^lw_(?:live|test)_\w+$/,
	/^whsec_.+$/,
	/^\d{4}-\d\d-\d\dT[\d:.]+Z$/,
	/^[\w-]{30,}$/,
];

interface Verdict {
	/** The difference, or null. */
	readonly problem: string | null;
	/** The real values, by the guide's text. */
	readonly found: ReadonlyMap<string, string>;
}

/** `form` is `json 201`, `http 201` or `text`; `output` what the command printed, its status in the last line. */
export function compareOutput(form: string, shown: string, output: string): Verdict {
	const found = new Map<string, string>();
	const [language = "", status = ""] = form.split(" ");
	if (language === "text") {
		const same = squeezed(shown) === squeezed(output);
		return { problem: same ? null : `Expected:\n${shown}`, found };
	}
	const cut = output.lastIndexOf("\n");
	if (output.slice(cut + 1) !== status) return { problem: `Expected status ${status}.`, found };
	const answer = output.slice(0, cut);
	const problem = language === "http" ? compareHttp(shown, answer, found) : compareText(shown, answer, found);
	return { problem, found };
}

const squeezed = (text: string) => text.replaceAll(/\s+/g, " ").trim();

function compareHttp(shown: string, answer: string, found: Map<string, string>): string | null {
	const [head = "", body = ""] = shown.split("\n\n");
	const [actualHead = "", actualBody = ""] = answer.split(/\r?\n\r?\n/);
	const actual = new Map(
		actualHead
			.split(/\r?\n/)
			.map((line) => [line.split(":")[0]?.toLowerCase(), line.replace(/^[^:]+:\s*/, "")]),
	);
	for (const line of head.trim().split("\n")) {
		const [name = "", ...rest] = line.split(": ");
		const [expected, value = ""] = [rest.join(": "), actual.get(name.toLowerCase())];
		if (unlike(lastSegment(expected), lastSegment(value), name, found)) return `${name} is ${value}.`;
	}
	return compareText(body, actualBody, found);
}

const lastSegment = (value: string) => value.slice(value.startsWith("/") ? value.lastIndexOf("/") + 1 : 0);

function compareText(shown: string, answer: string, found: Map<string, string>): string | null {
	if (shown.trim() === "") return null;
	return compare(JSON.parse(shown), JSON.parse(answer), "$", found);
}

function compare(shown: unknown, actual: unknown, at: string, found: Map<string, string>): string | null {
	if (typeof shown === "string") return unlike(shown, actual, at, found);
	if (typeof shown !== "object" || shown === null)
		return shown === actual ? null : `${at} is ${JSON.stringify(actual)}.`;
	if (typeof actual !== "object" || actual === null) return `${at} is ${JSON.stringify(actual)}.`;
	// The guide shows one item of a list; only an empty list in the guide must be empty.
	if (Array.isArray(shown) && Array.isArray(actual) && shown.length > 0 && shown.length !== actual.length)
		return `${at} has ${actual.length} items.`;
	const members = new Map(Object.entries(actual));
	for (const [name, value] of Object.entries(shown)) {
		if (!members.has(name)) return `${at}.${name} is missing.`;
		const problem = compare(value, members.get(name), `${at}.${name}`, found);
		if (problem) return problem;
	}
	return null;
}

function unlike(shown: string, actual: unknown, at: string, found: Map<string, string>): string | null {
	if (shown === actual) return null;
	const wrong = `${at} is ${JSON.stringify(actual)}.`;
	if (typeof actual !== "string") return wrong;
	const kind = KINDS.find((one) => one.test(shown));
	const [expected, given] = [kind?.exec(shown), kind?.exec(actual)];
	if (!expected || !given || expected[1] !== given[1]) return wrong;
	found.set(shown, actual);
	return null;
}
