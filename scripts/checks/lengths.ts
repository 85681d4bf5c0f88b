// Checks that no file is longer than a reader takes in at once. What a tool writes stands in folders of its own.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../tools/tools.ts";

const LONGEST = 300;

const files = globSync("{src,scripts,bench,test,dashboard,sdk}/**/*.{ts,tsx,mts,mjs,js,css,html,sh}", {
	cwd: root,
	exclude: (path) => /(^|\/)(node_modules|dist|vendor|generated)(\/|$)/.test(path),
});
const texts = files.map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
const long = texts
	.map(({ path, text }) => ({ path, lines: text.trimEnd().split("\n").length }))
	.filter(({ lines }) => lines > LONGEST);
if (long.length > 0)
	throw new Error(
		`A file has at most ${LONGEST} lines, but ${long.map(({ path, lines }) => `${path} has ${lines}`).join(", ")}.`,
	);
console.log(`${files.length} files, none longer than ${LONGEST} lines.`);
