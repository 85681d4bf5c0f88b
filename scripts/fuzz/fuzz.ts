// Sends random requests to every operation of the OpenAPI document and checks every answer: its status is in the document,
// its body matches the schema, its error messages are in plain words, and it is never a 5xx.
import type { ValidateFunction } from "ajv/dist/2020.js";
import { strictSchemas } from "../openapi/strict-schemas.ts";
import { randomSource as chanceOf, type RandomSource } from "../sample/random.ts";
import { makeValue, parameterText, type Schema, type ValueKind, type ValueSource } from "./values.ts";

export interface FuzzOptions {
	readonly url: URL;
	/** The same seed sends the same requests, but for the ids in them: a server makes its own. */
	readonly seed: number;
	/** Returns a key below its limit. */
	readonly nextKey: () => Promise<string>;
	/** Whether to continue after `sent` requests. */
	readonly shouldContinue: (sent: number) => boolean;
}

export interface Findings {
	readonly requests: number;
	/** Requests by operation, and answers by status. */
	readonly operations: ReadonlyMap<string, number>;
	readonly statuses: ReadonlyMap<number, number>;
	/** Failed checks, each with its request. */
	readonly problems: readonly string[];
}

interface Operation {
	readonly name: string;
	readonly method: string;
	readonly path: string;
	readonly parameters: readonly Schema[];
	readonly body: Schema | null;
	readonly answers: Readonly<Record<string, ValidateFunction | null>>;
}

/** Messages of zod that were not replaced by our own. */
const DEFAULT_ZOD_MESSAGE =
	/^Invalid |^Too (?:small|big)|Unrecognized key|expected (?:string|number|array|object|record)\b|\bNaN\b|nonoptional/;
const MAX_ERRORS = 50;
const MAX_KNOWN_IDS = 20;
/** How many of a hundred requests to a list are for the page after the last one that was read. */
const FOLLOWED = 40;
/** With more requests, the last ones would be those of the next seed. */
const MAX_REQUESTS = 1_000_000;

/** Sends requests as long as `shouldContinue` says; returns the findings. */
export async function fuzz({
	url,
	seed,
	nextKey: key,
	shouldContinue: goesOn,
}: FuzzOptions): Promise<Findings> {
	const document: Schema = await (await fetch(new URL("/openapi.json", url))).json();
	const operations = operationsOf(document);
	const known = new Map<string, string[]>();
	const sourceOf = (chance: RandomSource): ValueSource => ({
		chance,
		resolve: (ref) => resolveRef(document, ref),
		id: (prefix) =>
			chance.isTrue(85) && known.has(prefix)
				? chance.pick(known.get(prefix) ?? [])
				: `${prefix}_01h455vb4pex5vsknk084sn02q`,
	});
	// First rows that others can refer to, then each operation once, so that none is left out; then random ones.
	const collections = operations.filter(({ method, path }) => method === "POST" && /^\/[\w-]+$/.test(path));
	const creates = [...collections, ...collections, ...collections];
	const queue = [...creates, ...operations];
	const counts = new Map<string, number>();
	const statuses = new Map<number, number>();
	/** The path of the next page of each list, with its cursor. */
	const nextPages = new Map<string, string>();
	const problems: string[] = [];
	let sent = 0;
	for (; goesOn(sent); sent += 1) {
		// Each request has its own sequence: earlier answers differ in what happened meanwhile, such as deliveries.
		const chance = chanceOf(seed * MAX_REQUESTS + sent);
		const operation = queue[sent] ?? chance.pick(operations);
		// Rows that others refer to need valid bodies.
		const kind =
			sent < creates.length
				? "valid"
				: chance.pick<ValueKind>(["valid", "valid", "valid", "near", "near", "arbitrary"]);
		const nextPage = chance.isTrue(FOLLOWED) ? nextPages.get(operation.name) : undefined;
		const request =
			nextPage === undefined
				? requestOf(sourceOf(chance), operation, kind, sent)
				: { path: nextPage, headers: {}, body: undefined };
		const response = await fetch(new URL(`/api/v1${request.path}`, url), {
			method: operation.method,
			headers: { "x-api-key": await key(), ...request.headers },
			...(request.body === undefined ? {} : { body: request.body }),
		});
		const text = await response.text();
		counts.set(operation.name, (counts.get(operation.name) ?? 0) + 1);
		statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
		const said =
			`${operation.method} ${request.path} ${JSON.stringify(request.headers)} ${request.body ?? ""}`.slice(
				0,
				2_000,
			);
		for (const problem of problemsOf(operation, response.status, text))
			problems.push(`${said}\n → ${response.status} ${text.slice(0, 500)}\n ${problem}`);
		if (!response.ok) continue;
		rememberIds(known, text);
		const next = operation.method === "GET" ? nextPathOf(response.headers) : null;
		if (next) nextPages.set(operation.name, next);
		else nextPages.delete(operation.name);
	}
	return { requests: sent, operations: counts, statuses, problems };
}

function requestOf(
	maker: ValueSource,
	{ method, path, parameters, body }: Operation,
	kind: ValueKind,
	count: number,
) {
	const { chance } = maker;
	const query = new URLSearchParams();
	for (const { name, schema } of parameters.filter((one) => one.in === "query")) {
		// The cursors that a server accepts are those that it made.
		if (!chance.isTrue(15) || (kind === "valid" && name === "cursor")) continue;
		for (const value of [makeValue(maker, schema, kind)].flat().slice(0, 3))
			query.append(name, parameterText(value));
	}
	// Short pages, because the others follow only short ones: there are few rows.
	if (kind === "valid" && parameters.some(({ name }) => name === "limit") && chance.isTrue(50))
		query.set("limit", String(chance.integer(1, 3)));
	if (chance.isTrue(3)) query.append(chance.pick(["nope", "cf_nope", "length", "constructor"]), "1");
	const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
		const schema = parameters.find((one) => one.in === "path" && one.name === name)?.schema ?? {};
		return encodeURIComponent(parameterText(makeValue(maker, schema, chance.isTrue(90) ? "valid" : "near")));
	});
	const headers: Record<string, string> = {};
	if (chance.isTrue(10)) headers["if-match"] = chance.pick(['"1"', 'W/"1"', '"1-gzip"', "*", "nonsense"]);
	if (chance.isTrue(10)) headers["if-none-match"] = chance.pick(['"1"', "*", 'W/"2"']);
	if (chance.isTrue(10)) headers["idempotency-key"] = `fuzz-${chance.integer(0, 20)}-${count % 3}`;
	const suffix = query.size > 0 ? `?${query}` : "";
	if (method === "GET" || method === "DELETE" || (body === null && chance.isTrue(80)))
		return { path: filled + suffix, headers, body: undefined };
	headers["content-type"] = "application/json";
	const value = makeValue(maker, body ?? {}, kind);
	return { path: filled + suffix, headers, body: withoutForeignHosts(JSON.stringify(value)) };
}

/** No request may be sent outside this machine. */
const withoutForeignHosts = (body: string) => body.replaceAll(/https?:\/\/[^"\s]*/g, "http://localhost:9/");

function problemsOf({ answers }: Operation, status: number, text: string): string[] {
	if (status >= 500) return ["is our fault"];
	if (!(status in answers)) return ["the status is not in the document"];
	const validate = answers[status];
	if (!validate) return text === "" ? [] : ["there should be no body"];
	const body = JSON.parse(text);
	const found = validate(body)
		? []
		: (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
	const errors: { path: string; message: string }[] = status >= 400 ? (body.errors ?? []) : [];
	if (errors.length > MAX_ERRORS) found.push(`${errors.length} errors`);
	for (const { message } of errors)
		if (DEFAULT_ZOD_MESSAGE.test(message) || !/[.`]$/.test(message))
			found.push(`not in plain words: ${message}`);
	return found;
}

function operationsOf(document: Schema): Operation[] {
	const { compile: compiled } = strictSchemas(document);
	const part = (node: Schema) => (node?.$ref ? resolveRef(document, node.$ref) : node);
	return Object.entries<Schema>(document.paths).flatMap(([path, item]) =>
		Object.entries<Schema>(item).map(([method, operation]) => ({
			name: operation.operationId,
			method: method.toUpperCase(),
			path,
			parameters: (operation.parameters ?? []).map(part),
			body: operation.requestBody?.content["application/json"].schema ?? null,
			answers: Object.fromEntries(
				Object.entries<Schema>(operation.responses).map(([status, answer]) => {
					const schema = part(answer).content?.["application/json"]?.schema;
					return [status, schema ? compiled(schema) : null];
				}),
			),
		})),
	);
}

function resolveRef(document: Schema, ref: string): Schema {
	return ref
		.replace("#/", "")
		.split("/")
		.reduce((node, name) => node[name], document);
}

/** The path of the next page, below that of the API, by an answer's Link header; null on the last page. */
function nextPathOf(headers: Headers): string | null {
	const target = /<([^>]*)>; *rel="?next/.exec(headers.get("link") ?? "")?.[1];
	if (target === undefined) return null;
	const { pathname, search } = new URL(target, "http://localhost");
	return pathname.replace("/api/v1", "") + search;
}

/** Remembers the ids in an answer by their prefix, for later requests. */
function rememberIds(known: Map<string, string[]>, text: string): void {
	for (const [id, prefix = ""] of text.matchAll(/\b([a-z]+)_[0-9a-z]{26}\b/g)) {
		const ids = known.get(prefix) ?? [];
		if (!ids.includes(id)) known.set(prefix, [id, ...ids].slice(0, MAX_KNOWN_IDS));
	}
}
