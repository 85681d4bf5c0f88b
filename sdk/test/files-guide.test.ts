// The guide on files: its files are written, its commands run in order, and each prints what the guide says.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { readGuides } from "../../scripts/assets/pages.ts";
import { fileFolder, organizationOf } from "./importing.ts";
import { serve } from "./setup.ts";

const server = await serve();
const { folder, read, write, remove } = fileFolder();
const before = process.cwd();
after(async () => {
	process.chdir(before);
	remove();
	await server.dispose();
});

test("the commands of the guide do what it says", async () => {
	const { call } = await organizationOf(server);
	const guide = readGuides().find(({ slug }) => slug === "files")?.markdown ?? "";
	const blocks = [...guide.matchAll(/^```(\S+)(?: (\S+))?\n(.*?)^```$/gms)];
	// Its commands name files of the current folder.
	process.chdir(folder);
	let output = "";
	const kinds = { files: 0, commands: 0, outputs: 0 };
	for (const [, language = "", file = "", text = ""] of blocks) {
		if (language === "sh") {
			const [, words = ""] = /^npx --no-install leadwire (.+)\n$/.exec(text) ?? [];
			output = (await call(...words.split(" "))).output;
			kinds.commands += 1;
		} else if (language === "text") {
			assert.equal(output, text.trimEnd());
			kinds.outputs += 1;
		} else if (file.includes("rejected")) assert.equal(read(file), text);
		else {
			write(file, text);
			kinds.files += 1;
		}
	}
	assert.deepEqual(kinds, { files: 2, commands: 3, outputs: 3 });
});
