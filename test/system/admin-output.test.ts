// What `npm run admin` says where it can't do what it was asked to.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { repositoryRoot } from "../../scripts/tools/tools.ts";

const node = (...args: string[]) =>
	spawn(process.execPath, args, { cwd: repositoryRoot, stdio: ["ignore", "pipe", "pipe"] });

test("what is wrong with a command stands below the usage, where it is seen", async () => {
	const child = node("scripts/admin/admin.ts", "org", "shrink");
	const [said, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
	assert.equal(code, 2);
	assert.match(said, /^Usage: npm run admin/);
	assert.equal(said.trimEnd().split("\n").at(-1), "There is no command org shrink.");
});

for (const length of [10, 100_000])
	test(`a file whose reader ends is no whole file: the command says so and cleans up, with lines of ${length} characters`, async () => {
		const script = `
			import { writeLines } from "./scripts/admin/streams.ts";
			async function* lines() {
				try {
					for (let count = 0; count < 1_000; count += 1) {
						yield "x".repeat(${length});
						await new Promise((resolve) => setTimeout(resolve, 1));
					}
				} finally {
					console.error("cleaned up");
				}
			}
			await writeLines(lines()).catch((error) => console.error(error.message));`;
		const child = node("--input-type=module", "--eval", script);
		child.stdout.once("data", () => child.stdout.destroy());
		const said = await text(child.stderr);
		assert.deepEqual(said.trim().split("\n"), [
			"cleaned up",
			"What reads the output has ended before all of it was written, so it has only a part.",
		]);
	});
