// The Postman collection as Postman uses it: variables filled in, each request sent in order, the script run on each answer.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { runInNewContext } from "node:vm";
import { operator } from "../../scripts/admin/operator.ts";
import { executeOn } from "../../scripts/admin/query.ts";
import { startLocal } from "../../scripts/local/local.ts";
import { newKeyringSecret } from "../../src/keyring.ts";

interface Pair {
	key: string;
	value: string;
	disabled?: boolean;
}
interface Event {
	listen: string;
	script: { exec: string[] };
}
interface Item {
	name: string;
	event: Event[];
	request: {
		method: string;
		header: Pair[];
		url: { raw: string; host: string[]; path: string[]; query: Pair[]; variable: Pair[] };
		body?: { mode: string; raw: string };
	};
}
interface Collection {
	info: { name: string; schema: string };
	auth: { type: string; apikey: Pair[] };
	variable: Pair[];
	event: Event[];
	item: { name: string; item: Item[] }[];
}

const pepper = newKeyringSecret();
const local = await startLocal({
	secrets: { KEY_PEPPER: pepper, ENCRYPTION_KEY: newKeyringSecret() },
	vars: { ALLOW_INSECURE_TARGETS: "true" },
});
after(() => local.dispose());
const admin = operator(executeOn(local.db));
const collection = (await (await fetch(new URL("/postman.json", local.url))).json()) as Collection;
const items = collection.item.flatMap(({ item }) => item);

test("it is a collection as Postman reads it", () => {
	assert.equal(
		collection.info.schema,
		"https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
	);
	assert.equal(collection.auth.type, "apikey");
	const declared = new Set(collection.variable.map(({ key }) => key));
	assert.equal(declared.size, collection.variable.length);
	assert.equal(collection.variable[0]?.value, new URL("/api/v1", local.url).href);
	for (const [, name = ""] of JSON.stringify(collection).matchAll(/\{\{(\w+)\}\}/g))
		assert(declared.has(name), name);
	for (const { name, request } of items) {
		const { raw, host, path, variable, query } = request.url;
		assert.equal(raw, [...host, ...path].join("/"), name);
		const inPath = path.filter((part) => part.startsWith(":")).map((part) => part.slice(1));
		assert.deepEqual(
			variable.map(({ key }) => key),
			inPath,
			name,
		);
		// A filter that stands there would hide what one looks for.
		assert(
			query.every(({ disabled }) => disabled),
			name,
		);
	}
});

test("every operation of the document is in it", async () => {
	const document = (await (await fetch(new URL("/openapi.json", local.url))).json()) as { paths: object };
	const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
		Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`),
	);
	const inCollection = items.map(({ request }) => `${request.method} /${request.url.path.join("/")}`);
	assert.deepEqual([...new Set(inCollection)].sort(), documented.sort());
});

for (const empty of [false, true])
	test(`every request passes its test, in order, in a new ${empty ? "and empty " : ""}organization`, async () => {
		const { id: organizationId } = await admin.createOrganization("Postman", { empty });
		const { send, waits } = await player(organizationId);
		const failures: string[] = [];
		for (const item of items) {
			const { status, text, failed } = await send(item);
			if (failed.length > 0) failures.push(`${item.name}: ${failed}: ${status} ${text}`);
		}
		assert.deepEqual(failures, []);
		assert(items.length > 120);
		// Nothing met a 429, since the runner waited each time that a key's sixty requests were used up.
		assert.equal(waits.length, Math.floor(items.length / 60));
		for (const wait of waits) assert(wait > 0 && wait <= 60_000, String(wait));
	});

test("a request that fails fails its test", async () => {
	const { id: organizationId } = await admin.createOrganization("Postman");
	const { send, variables } = await player(organizationId);
	variables.set("apiKey", "");
	for (const item of items.slice(0, 3)) {
		const { status, failed } = await send(item);
		assert.equal(status, 401);
		assert.equal(failed.length, 1, item.name);
	}
});

/** Sends requests as Postman does, but for its patience: instead of waiting it goes on with another key. */
async function player(organizationId: string) {
	const newKey = async () => {
		const terms = { name: "Postman", mode: "test" as const, scopes: ["*"], envelope: false, pepper };
		return (await admin.createKey({ ...terms, organizationId }))?.key ?? "";
	};
	const variables = new Map<string, unknown>(collection.variable.map(({ key, value }) => [key, value]));
	variables.set("apiKey", await newKey());
	const waits: number[] = [];
	const clock = { now: () => Date.now() + waits.reduce((sum, wait) => sum + wait, 0) };
	const filled = (text: string) =>
		text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => String(variables.get(name) ?? ""));
	const auth = Object.fromEntries(collection.auth.apikey.map(({ key, value }) => [key, filled(value)]));
	const collectionVariables = {
		get: (name: string) => variables.get(name),
		set: (name: string, value: unknown) => variables.set(name, value),
	};
	/** Runs the scripts of an event, the collection's before the request's own; gives the tests that failed. */
	const run = (listen: string, { event }: Item, pm: object, globals: object = {}) => {
		const failed: string[] = [];
		const test = (name: string, check: () => void) => {
			try {
				check();
			} catch (error) {
				failed.push(`${name}: ${error}`);
			}
		};
		const expect = (value: unknown) => ({
			to: { be: { oneOf: (values: unknown[]) => assert(values.includes(value), `not ${value}`) } },
		});
		for (const { script } of [...collection.event, ...event].filter((one) => one.listen === listen))
			runInNewContext(`{${script.exec.join("\n")}}`, {
				pm: { collectionVariables, test, expect, ...pm },
				Date: clock,
				...globals,
			});
		return failed;
	};
	const send = async (item: Item) => {
		const due: number[] = [];
		run("prerequest", item, {}, { setTimeout: (_: unknown, wait: number) => due.push(wait) });
		if (due.length > 0) variables.set("apiKey", await newKey());
		waits.push(...due);
		const { method, url, header, body } = item.request;
		const address = url.variable.reduce((raw, { key, value }) => raw.replace(`:${key}`, value), url.raw);
		const own = header.filter(({ disabled }) => !disabled).map(({ key, value }) => [key, filled(value)]);
		const response = await fetch(filled(address), {
			method,
			headers: { ...Object.fromEntries(own), [auth.key ?? ""]: String(variables.get("apiKey")) },
			// Nobody outside of this machine is to hear of it.
			...(body
				? { body: filled(body.raw).replace(/"https:\/\/hooks\.example\.com[^"]*"/, '"http://localhost:9/"') }
				: {}),
		});
		const text = await response.text();
		const { headers, status: code } = response;
		return {
			status: code,
			text,
			failed: run("test", item, { response: { code, headers, text: () => text } }),
		};
	};
	return { send, variables, waits };
}
