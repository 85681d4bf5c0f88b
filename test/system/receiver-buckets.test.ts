// The tests of the Worker share one receiver, and files run at the same time: a bucket belongs to one file.
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { repositoryRoot } from "../../scripts/tools/tools.ts";

const read = (file: string) => readFileSync(join(repositoryRoot, file), "utf8");

/** What a receiver's path begins with. */
const behaviours = [...read("test/support/receiver.mjs").matchAll(/^\t"?([a-z0-9-]+)"?: \[/gm)].map(
	([, name = ""]) => name,
);

/** The last part of a receiver's path, and what a test asks the receiver about. */
const BUCKETS = [
	new RegExp(`/(?:${behaviours.join("|")})(?:/[\\w$\{}.-]+)*/([a-z][a-z0-9-]*)(?=["\`?])`, "g"),
	/(?:receivedRequests|arrivals)\("([a-z0-9-]+)"\)/g,
];

test("no two files use the same bucket of the receiver", () => {
	const users = new Map<string, Set<string>>();
	for (const file of globSync("test/**/*.test.ts", { cwd: repositoryRoot, exclude: ["test/system/**"] })) {
		const text = read(file);
		for (const [, bucket = ""] of BUCKETS.flatMap((pattern) => [...text.matchAll(pattern)]))
			users.set(bucket, (users.get(bucket) ?? new Set()).add(file));
	}
	assert(users.size > 50, `only ${users.size} buckets were found`);
	const shared = [...users].filter(([, files]) => files.size > 1);
	assert.deepEqual(
		shared.map(([bucket, files]) => `${bucket}: ${[...files].join(", ")}`),
		[],
	);
});
