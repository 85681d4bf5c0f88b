// Follows docs/adding-a-resource.md exactly: puts its code where its headings and sentences say.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

interface Step {
	readonly path: string;
	readonly code: string;
	/** The list in the file that the code is added to; null if the code is the whole file. */
	readonly list: string | null;
}

/** The guide's steps: each block of code belongs to the list that its sentence names, or to the file of its heading. */
export function stepsOf(guide: string): Step[] {
	let heading = "";
	return [...guide.matchAll(/([\s\S]*?)^```ts\n([\s\S]*?)^```/gm)].map(([, words = "", code = ""]) => {
		heading = [...words.matchAll(/^## \d+\. [^`\n]*`([^`]+)`$/gm)].at(-1)?.[1] ?? heading;
		const [, list = null, path = heading] = /Among the `(\w+)` of\s`([^`]+)`:\s*$/.exec(words) ?? [];
		return { path, code, list };
	});
}

/** Applies a step to the repository at `root`. Throws an Error if that is impossible. */
export function applyStep({ path, code, list }: Step, root: string): void {
	const file = join(root, path);
	if (list === null) {
		if (existsSync(file)) throw new Error(`${path} is there already.`);
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, code);
		return;
	}
	const text = readFileSync(file, "utf8");
	const opening = new RegExp(`^(?:export )?const ${list}\\b.*[[{]$`, "m").exec(text)?.[0];
	if (!opening) throw new Error(`${path} has no list called ${list}.`);
	const lines = code.trimEnd().split("\n");
	const imports = lines.filter((line) => line.startsWith("import "));
	const entries = lines.filter((line) => !line.startsWith("import "));
	const filled = text.replace(opening, () => [opening, ...entries].join("\n"));
	writeFileSync(file, [...imports, filled].join("\n"));
}
