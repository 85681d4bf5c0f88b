// The app against a Leadwire that is running: LEADWIRE_URL and LEADWIRE_API_KEY say where.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import zapier, { type Bundle } from "zapier-platform-core";
import app from "../src/index.ts";

export { app };

const { LEADWIRE_URL: url = "http://localhost:8787", LEADWIRE_API_KEY: rootKey = "" } = process.env;

export type Row = Record<string, unknown> & { readonly id: string };

/** A call of the API that is not the app's. */
export async function api<T = Row>(method: string, path: string, body?: object, key = rootKey): Promise<T> {
	const response = await fetch(`${url}/api/v1/${path}`, {
		method,
		headers: { "x-api-key": key, "content-type": "application/json" },
		...(body ? { body: JSON.stringify(body) } : {}),
	});
	assert(response.ok, `${method} ${path}: ${response.status} ${await response.clone().text()}`);
	return (response.status === 204 ? null : await response.json()) as T;
}

/** What Zapier knows of a connection. Each has a key of its own, because a key has 60 requests a minute. */
export async function connection(scopes: readonly string[] = ["*"]) {
	const { key } = await api<{ key: string }>("POST", "api-keys", { name: "Zapier", scopes });
	return { url: `${url}/api/v1/`, apiKey: key };
}

const tester = zapier.createAppTester(app);

/** Runs a function of the app as Zapier does. */
export function run<T>(operation: unknown, bundle: object): Promise<T> {
	return tester(operation as (z: unknown, bundle: Bundle) => T, bundle as never);
}

/** The names of a record's fields, without those that an organization has defined. */
export const fieldNames = (record: object) =>
	Object.keys(record)
		.filter((key) => !key.startsWith("cf_"))
		.sort();

/** A receiver in Zapier's place, which keeps what it gets. */
export async function openReceiver() {
	const bodies: unknown[] = [];
	let wake = Promise.withResolvers<void>();
	const server = createServer(async (request, response) => {
		bodies.push(JSON.parse(await text(request)));
		response.end("ok");
		wake.resolve();
		wake = Promise.withResolvers();
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		url: `http://localhost:${(server.address() as AddressInfo).port}/hook`,
		bodies,
		/** The next body; fails after 20 seconds. */
		async next(): Promise<unknown> {
			const end = AbortSignal.timeout(20_000);
			while (bodies.length === 0 && !end.aborted)
				await Promise.race([wake.promise, new Promise((resolve) => setTimeout(resolve, 500))]);
			assert(bodies.length > 0, "nothing was delivered");
			return bodies.shift();
		},
		close: () => {
			server.closeAllConnections();
			server.close();
		},
	};
}
