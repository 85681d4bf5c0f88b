// A server with organizations that have custom fields of every type on every resource. All answers, including errors, are
// validated against the organization's own document.

import { operator } from "../../../scripts/admin/operator.ts";
import { executeOn } from "../../../scripts/admin/query.ts";
import { type Local, startLocal } from "../../../scripts/local/local.ts";
import { type DocumentPart, strictSchemas } from "../../../scripts/openapi/strict-schemas.ts";
import { type FieldTypeName, fieldTypeNames } from "../../../src/custom-fields/types.ts";
import { newKeyringSecret } from "../../../src/keyring.ts";

export const ENTITIES = ["leads", "clients", "deals", "tasks", "quotations", "invoices"] as const;
export type Entity = (typeof ENTITIES)[number];

/** One valid value of each type, of maximum size. */
export const VALUES: Readonly<Record<`cf_${Lowercase<FieldTypeName>}`, unknown>> = {
	cf_text: "ж".repeat(255),
	cf_longtext: "x".repeat(10_000),
	cf_number: -12.75,
	cf_date: "2024-02-29",
	cf_boolean: false,
	cf_singleselect: "Gold",
	cf_multiselect: ["Gold", "Silver"],
	cf_email: "jürgen@müller.de",
	cf_phone: "+1 (415) 555-0123",
	cf_url: `https://example.com/${"x".repeat(2_028)}`,
	cf_currency: -0.0001,
};

interface Answer {
	readonly status: number;
	readonly body: DocumentPart;
}

export interface Customized {
	/** The organization's own document when it was last read. */
	readonly document: DocumentPart;
	readDocument(): Promise<void>;
	/** Sends a request; throws unless the answer matches the document, and the body too if the server accepted it. */
	call(method: string, path: string, body?: unknown): Promise<Answer>;
	/** Sends a request that must succeed; returns the answer's body. */
	callOk(method: string, path: string, body?: unknown): Promise<DocumentPart>;
	/** The ids of its definitions, as `leads.cf_text`. */
	readonly definitions: ReadonlyMap<string, string>;
}

/** Runs a server while `use` runs; passes a function that creates organizations, and the public document. */
export async function withServer(
	use: (organize: CreateOrganization, publicDocument: DocumentPart) => Promise<void>,
): Promise<void> {
	const pepper = newKeyringSecret();
	const local = await startLocal({ secrets: { KEY_PEPPER: pepper, ENCRYPTION_KEY: newKeyringSecret() } });
	try {
		const published = await fetch(new URL("/openapi.json", local.url));
		await use((required) => customized(local, pepper, required), await published.json());
	} finally {
		await local.dispose();
	}
}

/** Creates an organization with custom fields of all types, required or not. */
export type CreateOrganization = (required: boolean) => Promise<Customized>;

const REQUESTS_PER_KEY = 50;

async function customized(local: Local, pepper: string, required: boolean): Promise<Customized> {
	const admin = operator(executeOn(local.db));
	const { id: organizationId } = await admin.createOrganization("Customized");
	let used = 0;
	let key = "";
	const send = async (method: string, path: string, body?: unknown): Promise<Answer> => {
		if (used % REQUESTS_PER_KEY === 0) {
			const terms = { name: "Test", mode: "test" as const, scopes: ["*"], envelope: false, pepper };
			key = (await admin.createKey({ ...terms, organizationId }))?.key ?? "";
		}
		used += 1;
		const response = await fetch(new URL(`/api/v1${path}`, local.url), {
			method,
			headers: { "x-api-key": key, ...(body === undefined ? {} : { "content-type": "application/json" }) },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const text = await response.text();
		return { status: response.status, body: text === "" ? null : JSON.parse(text) };
	};
	const definitions = new Map<string, string>();
	for (const entity of ENTITIES) {
		for (const type of fieldTypeNames) {
			const options = type.endsWith("Select") ? { options: ["Gold", "Silver"] } : {};
			const { status, body } = await send("POST", "/custom-fields", {
				entity,
				type,
				label: type,
				required,
				...options,
			});
			if (status !== 201) throw new Error(`${entity} ${type}: ${status} ${JSON.stringify(body)}`);
			definitions.set(`${entity}.${body.key}`, body.id);
		}
	}
	const read = async () => {
		const { body: document } = await send("GET", "/openapi.json");
		return { document, strict: closed(document) };
	};
	let known = await read();
	const self: Customized = {
		get document() {
			return known.document;
		},
		definitions,
		async readDocument() {
			known = await read();
		},
		async call(method, path, body) {
			const answer = await send(method, path, body);
			const problems = mismatches(known.strict, method, path, body, answer);
			if (problems.length === 0) return answer;
			throw new Error(`${method} ${path} → ${answer.status}\n${problems.join("\n")}`);
		},
		async callOk(method, path, body) {
			const answer = await self.call(method, path, body);
			if (answer.status < 300) return answer.body;
			throw new Error(`${method} ${path} → ${answer.status}\n${JSON.stringify(answer.body)}`);
		},
	};
	return self;
}

/** A copy of the document that forbids additional properties in answers, so that an undocumented custom field is noticed. */
function closed(original: DocumentPart): DocumentPart {
	const document = structuredClone(original);
	for (const name of ["Lead", "Client", "Deal", "Task", "Quotation", "Invoice"])
		document.components.schemas[name].additionalProperties = false;
	return document;
}

const strict = new WeakMap<object, ReturnType<typeof strictSchemas>>();

function schemasOf(document: DocumentPart) {
	const known = strict.get(document) ?? strictSchemas(document);
	strict.set(document, known);
	return known;
}

function mismatches(
	document: DocumentPart,
	method: string,
	path: string,
	body: unknown,
	answer: Answer,
): string[] {
	const [pathname = "", query = ""] = path.split("?");
	const [, item] = Object.entries<DocumentPart>(document.paths)
		.sort(([a], [b]) => a.split("{").length - b.split("{").length)
		.find(([one]) => new RegExp(`^${one.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(pathname)) ?? ["", {}];
	const operation = item[method.toLowerCase()];
	if (!operation) return ["no such operation"];
	const part = (node: DocumentPart) => (node?.$ref ? resolved(document, node.$ref) : node);
	const declared = part(operation.responses[answer.status]);
	if (!declared) return [`the status is not declared: ${JSON.stringify(answer.body)}`];
	const { problemsOf } = schemasOf(document);
	const schema = declared.content?.["application/json"]?.schema;
	const wrong = schema ? problemsOf(schema, answer.body) : [];
	if (answer.status >= 300) return wrong;
	const taken = operation.requestBody?.content["application/json"].schema;
	const refused = taken && body !== undefined ? problemsOf(taken, body) : [];
	const parameters = new Map<string, DocumentPart>(
		(operation.parameters ?? []).map(part).map((one: DocumentPart) => [one.name, one]),
	);
	const unknown = [...new URLSearchParams(query).keys()].filter((name) => !parameters.has(name));
	return [
		...wrong.map((problem) => `answer: ${problem}`),
		...refused.map((problem: string) => `body: ${problem}`),
		...unknown.map((name) => `the parameter ${name} isn't declared`),
	];
}

/** The problems of an event's payload, by its schema in the document's webhooks. */
export function payloadProblems(document: DocumentPart, type: string, payload: unknown): string[] {
	const schema = document.webhooks[type]?.post.requestBody.content["application/json"].schema;
	return schema ? schemasOf(document).problemsOf(schema, payload) : [`${type} isn't described`];
}

const resolved = (document: DocumentPart, ref: string): DocumentPart =>
	ref
		.replace("#/", "")
		.split("/")
		.reduce((node, name) => node[name], document);
