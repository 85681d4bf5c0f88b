// The Postman collection as Postman uses it: variables filled in, each request sent in order, the script run on each answer.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { runInNewContext } from "node:vm";
import { newKeyringSecret } from "../src/keyring.ts";
import { startLocal } from "./local.ts";
import { executeOn, operator } from "./operator.ts";

interface Pair {
	key: string;
	value: string;
	disabled?: boolean;
}
interface Item {
	name: string;
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
	event: { listen: string; script: { exec: string[] } }[];
	item: { name: string; item: Item[] }[];
}

const REQUESTS_PER_KEY = 50;

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
	assert.deepEqual(inCollection.sort(), documented.sort());
});

test("every request succeeds, in order, in a new organization", async () => {
	const { id: organizationId } = await admin.createOrganization("Postman");
	const newKey = async () => {
		const terms = { name: "Postman", mode: "test" as const, scopes: ["*"], envelope: false, pepper };
		return (await admin.createKey({ ...terms, organizationId }))?.key ?? "";
	};
	const { send, variables } = player();
	let sent = 0;
	const next = async (item: Item) => {
		if (sent % REQUESTS_PER_KEY === 0) variables.set("apiKey", await newKey());
		sent += 1;
		return send(item);
	};

	// One more, for the first is the default one and can't be deleted.
	const pipeline = items.find(({ name }) => name === "Create a pipeline");
	assert(pipeline);
	await next(pipeline);
	const failures: string[] = [];
	for (const item of items) {
		const { status, text } = await next(item);
		if (status >= 300) failures.push(`${item.name}: ${status} ${text}`);
	}
	assert.deepEqual(failures, []);
	assert(sent > 100);
});

/** Sends requests as Postman does. */
function player() {
	const variables = new Map(collection.variable.map(({ key, value }) => [key, value]));
	const filled = (text: string) =>
		text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => variables.get(name) ?? "");
	const auth = Object.fromEntries(collection.auth.apikey.map(({ key, value }) => [key, filled(value)]));
	const script = collection.event.map((event) => event.script.exec.join("\n")).join("\n");
	const send = async ({ request: { method, url, header, body } }: Item) => {
		const address = url.variable.reduce((raw, { key, value }) => raw.replace(`:${key}`, value), url.raw);
		const own = header.filter(({ disabled }) => !disabled).map(({ key, value }) => [key, filled(value)]);
		const response = await fetch(filled(address), {
			method,
			headers: { ...Object.fromEntries(own), [auth.key ?? ""]: variables.get("apiKey") ?? "" },
			// Nobody outside of this machine is to hear of it.
			...(body
				? { body: filled(body.raw).replace(/"https:\/\/hooks\.example\.com[^"]*"/, '"http://localhost:9/"') }
				: {}),
		});
		const text = await response.text();
		const collectionVariables = {
			get: (name: string) => variables.get(name),
			set: (name: string, value: string) => variables.set(name, value),
		};
		runInNewContext(script, { pm: { response: { text: () => text }, collectionVariables } });
		return { status: response.status, text };
	};
	return { send, variables };
}
