// What `key create` takes: the same names and scopes as the API.
import assert from "node:assert/strict";
import { test } from "node:test";
import { commands } from "../../scripts/admin/commands.ts";
import { UsageError } from "../../scripts/admin/flags.ts";
import { ApiKeyCreate } from "../../src/api-keys/schema.ts";
import { local, run } from "./support/three-databases.ts";

test("a name has at most the characters that the API takes", async () => {
	const { id } = await run(local, "org create", { name: "Flags" });
	const make = (name: string) => run(local, "key create", { org: id, name, remote: true });
	assert.equal((await make("x".repeat(255))).name.length, 255);
	await assert.rejects(make("x".repeat(256)), (error) => {
		assert(error instanceof UsageError);
		return error.message === "--name: Expected at most 255 characters.";
	});
	assert.equal((await run(local, "key list", { org: id })).length, 1);
	assert(!ApiKeyCreate.safeParse({ name: "x".repeat(256) }).success);
});

test("a scope that is named twice is one, and one that is none is named", async () => {
	const { id } = await run(local, "org create", { name: "Flags" });
	const flags = { org: id, name: "x", remote: true };
	const { scopes } = await run(local, "key create", { ...flags, scopes: "leads:read, leads:read,tags:read" });
	assert.deepEqual(scopes, ["leads:read", "tags:read"]);
	assert.throws(
		() => commands["key create"]?.check({ ...flags, scopes: "leads:read,leads:raed" }),
		/There is no scope leads:raed/,
	);
});
