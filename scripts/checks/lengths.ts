// Checks that no file is too long to read at once. Generated files are in folders of their own.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../tools/tools.ts";

const MAX_LINES = 300;

const files = globSync(
	"{src,scripts,bench,test,dashboard,sdk,integrations}/**/*.{ts,tsx,mts,mjs,js,css,html,sh}",
	{
		cwd: repositoryRoot,
		exclude: (path) => /(^|\/)(node_modules|dist|vendor|generated)(\/|$)/.test(path),
	},
);
const texts = files.map((path) => ({ path, text: readFileSync(join(repositoryRoot, path), "utf8") }));
const long = texts
	.map(({ path, text }) => ({ path, lines: text.trimEnd().split("\n").length }))
	.filter(({ lines }) => lines > MAX_LINES);
if (long.length > 0)
	throw new Error(
		`A file has at most ${MAX_LINES} lines, but ${long.map(({ path, lines }) => `${path} has ${lines}`).join(", ")}.`,
	);
console.log(`${files.length} files, none longer than ${MAX_LINES} lines.`);
