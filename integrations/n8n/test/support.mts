// What n8n gives to nodes, over real requests to the Leadwire at LEADWIRE_URL.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const built = (path: string) => require(`../dist/${path}.js`);

const { LEADWIRE_URL: url = "http://localhost:8787", LEADWIRE_API_KEY: rootKey = "" } = process.env;

export const { Leadwire } = built("nodes/Leadwire/Leadwire.node");
export const { LeadwireTrigger } = built("nodes/LeadwireTrigger/LeadwireTrigger.node");
export const { LeadwireApi } = built("credentials/LeadwireApi.credentials");
export const { isSigned } = built("nodes/LeadwireTrigger/signature");
export const { resources } = built("nodes/Leadwire/resources");

export type Row = Record<string, unknown> & { readonly id: string };
type Parameters = Readonly<Record<string, unknown>>;

interface HttpOptions {
	readonly method: string;
	readonly url: string;
	readonly body?: object;
	readonly qs?: Readonly<Record<string, string | readonly string[]>>;
}

/** A call of the API that is not the node's. */
export async function api<T = Row>(method: string, path: string, body?: object, key = rootKey): Promise<T> {
	const response = await fetch(`${url}/api/v1/${path}`, {
		method,
		headers: { "x-api-key": key, "content-type": "application/json" },
		...(body ? { body: JSON.stringify(body) } : {}),
	});
	assert(response.ok, `${method} ${path}: ${response.status} ${await response.clone().text()}`);
	return (response.status === 204 ? null : await response.json()) as T;
}

/** Credentials of their own for each test file, because a key has 60 requests a minute. */
export async function credentials(scopes: readonly string[] = ["*"]) {
	const { key } = await api<{ key: string }>("POST", "api-keys", { name: "n8n", scopes });
	return { url: `${url}/`, apiKey: key };
}

/** n8n's functions that nodes use, with the parameters of one node. */
export function context(given: { url: string; apiKey: string }, parameters: Parameters, more: object = {}) {
	const request = async (_type: string, { method, url: to, body, qs = {} }: HttpOptions) => {
		const address = new URL(to);
		for (const [name, value] of Object.entries(qs))
			for (const one of Array.isArray(value) ? value : [value])
				address.searchParams.append(name, String(one));
		const [[header = "", expression]] = Object.entries<string>(
			new LeadwireApi().authenticate.properties.headers,
		) as [[string, string]];
		assert.equal(expression, "={{$credentials.apiKey}}");
		const response = await fetch(address, {
			method,
			headers: { [header]: given.apiKey, "content-type": "application/json" },
			...(body ? { body: JSON.stringify(body) } : {}),
		});
		const text = await response.text();
		return { statusCode: response.status, body: text ? JSON.parse(text) : undefined };
	};
	return {
		getCredentials: async () => given,
		getNode: () => ({ name: "Leadwire", type: "leadwire", typeVersion: 1 }),
		getWorkflow: () => ({ name: "Test" }),
		getInputData: () => [{ json: {} }],
		continueOnFail: () => false,
		getNodeParameter: (name: string, fallback?: unknown) => {
			const value = parameters[name];
			// As n8n does, unless a fallback is given; the second argument of actions is the item's number.
			if (value === undefined && (fallback === undefined || typeof fallback === "number"))
				throw new Error(`Could not get parameter ${name}`);
			return value ?? fallback;
		},
		getCurrentNodeParameter: (name: string) => parameters[name],
		helpers: {
			httpRequestWithAuthentication: request,
			returnJsonArray: (json: object) => [{ json }],
		},
		...more,
	};
}
