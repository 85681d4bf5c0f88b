// What the documents for maintainers and operators name is there: files, folders, npm scripts, and tests.
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { repositoryRoot } from "../../scripts/tools/tools.ts";

const read = (path: string) => readFileSync(join(repositoryRoot, path), "utf8");
const documents = globSync(["*.md", "docs/*.md", ".github/**/*.md"], { cwd: repositoryRoot });
const { scripts } = JSON.parse(read("package.json")) as { scripts: object };

/** The guide to adding a resource makes these. */
const MADE_BY_GUIDE = /suppliers/;

for (const path of documents)
	test(`${path}: every file, folder and npm script that it names is there`, () => {
		const text = read(path);
		const files = [
			...text.matchAll(/`((?:src|test|scripts|bench|docs|sdk|dashboard|migrations|assets)\/[\w/.-]*)`/g),
		]
			.map(([, file = ""]) => file)
			.filter((file) => !MADE_BY_GUIDE.test(file));
		const commands = [...text.matchAll(/npm run (?:-s |--silent )?([a-z][\w:-]*)/g)].map(
			([, name = ""]) => name,
		);
		assert.deepEqual(
			[
				...files.filter((file) => !existsSync(join(repositoryRoot, file))),
				...commands.filter((name) => !(name in scripts)),
			],
			[],
		);
	});
