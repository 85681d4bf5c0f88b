// Requests by chance, to every operation of the OpenAPI document, and what must hold of every answer: its status is in the
// document, its body is of the schema there, an error speaks plainly, and nothing is ever our fault.
import type { ValidateFunction } from "ajv/dist/2020.js";
import { strictSchemas } from "../openapi/strict-schemas.ts";
import { chance as chanceOf } from "../sample/chance.ts";
import { type Kind, type Maker, madeOf, parameterOf, type Schema } from "./values.ts";

export interface FuzzOptions {
	readonly url: URL;
	/** Decides every request; the same one sends the same. */
	readonly seed: number;
	/** Gives a key that still has requests left. */
	readonly key: () => Promise<string>;
	/** Whether to go on, after so many requests. */
	readonly goesOn: (sent: number) => boolean;
}

export interface Findings {
	readonly sent: number;
	/** How many requests each operation had, and how many answers each status. */
	readonly operations: ReadonlyMap<string, number>;
	readonly statuses: ReadonlyMap<number, number>;
	/** What didn't hold, each with the request that showed it. */
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

/** How zod speaks when nobody stops it. */
const NOT_OUR_WORDS =
	/^Invalid |^Too (?:small|big)|Unrecognized key|expected (?:string|number|array|object|record)\b|\bNaN\b|nonoptional/;
const MOST_ERRORS = 50;
const MOST_KNOWN_IDS = 20;

/** Sends requests until told to stop, and gives what was found. */
export async function fuzz({ url, seed, key, goesOn }: FuzzOptions): Promise<Findings> {
	const document: Schema = await (await fetch(new URL("/openapi.json", url))).json();
	const operations = operationsOf(document);
	const chance = chanceOf(seed);
	const known = new Map<string, string[]>();
	const maker: Maker = {
		chance,
		resolve: (ref) => resolved(document, ref),
		id: (prefix) =>
			chance.happens(85) && known.has(prefix)
				? chance.pick(known.get(prefix) ?? [])
				: `${prefix}_01h455vb4pex5vsknk084sn02q`,
	};
	// First what others can refer to, then each operation once, so that none is left out; then by chance.
	const collections = operations.filter(({ method, path }) => method === "POST" && /^\/[\w-]+$/.test(path));
	const creates = [...collections, ...collections, ...collections];
	const inTurn = [...creates, ...operations];
	const counts = new Map<string, number>();
	const statuses = new Map<number, number>();
	const problems: string[] = [];
	let sent = 0;
	for (; goesOn(sent); sent += 1) {
		const operation = inTurn[sent] ?? chance.pick(operations);
		// The rows that others refer to come of valid bodies, so there must be enough of those.
		const kind =
			sent < creates.length
				? "valid"
				: chance.pick<Kind>(["valid", "valid", "valid", "near", "near", "wild"]);
		const request = requestOf(maker, operation, kind, sent);
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
		if (response.ok) remember(known, text);
	}
	return { sent, operations: counts, statuses, problems };
}

function requestOf(maker: Maker, { method, path, parameters, body }: Operation, kind: Kind, count: number) {
	const { chance } = maker;
	const query = new URLSearchParams();
	for (const { name, schema } of parameters.filter((one) => one.in === "query")) {
		if (!chance.happens(15)) continue;
		for (const value of [madeOf(maker, schema, kind)].flat().slice(0, 3))
			query.append(name, parameterOf(value));
	}
	if (chance.happens(3)) query.append(chance.pick(["nope", "cf_nope", "length", "constructor"]), "1");
	const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
		const schema = parameters.find((one) => one.in === "path" && one.name === name)?.schema ?? {};
		return encodeURIComponent(parameterOf(madeOf(maker, schema, chance.happens(90) ? "valid" : "near")));
	});
	const headers: Record<string, string> = {};
	if (chance.happens(10)) headers["if-match"] = chance.pick(['"1"', 'W/"1"', '"1-gzip"', "*", "nonsense"]);
	if (chance.happens(10)) headers["if-none-match"] = chance.pick(['"1"', "*", 'W/"2"']);
	if (chance.happens(10)) headers["idempotency-key"] = `fuzz-${chance.between(0, 20)}-${count % 3}`;
	const suffix = query.size > 0 ? `?${query}` : "";
	if (method === "GET" || method === "DELETE" || (body === null && chance.happens(80)))
		return { path: filled + suffix, headers, body: undefined };
	headers["content-type"] = "application/json";
	const value = madeOf(maker, body ?? {}, kind);
	return { path: filled + suffix, headers, body: harmless(JSON.stringify(value)) };
}

/** Nobody outside of this machine is to hear of it. */
const harmless = (body: string) => body.replaceAll(/https?:\/\/[^"\s]*/g, "http://localhost:9/");

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
	if (errors.length > MOST_ERRORS) found.push(`${errors.length} errors`);
	for (const { message } of errors)
		if (NOT_OUR_WORDS.test(message) || !/[.`]$/.test(message)) found.push(`not in plain words: ${message}`);
	return found;
}

function operationsOf(document: Schema): Operation[] {
	const { compiled } = strictSchemas(document);
	const part = (node: Schema) => (node?.$ref ? resolved(document, node.$ref) : node);
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

function resolved(document: Schema, ref: string): Schema {
	return ref
		.replace("#/", "")
		.split("/")
		.reduce((node, name) => node[name], document);
}

/** Ids that an answer shows, by their prefix: what later requests are about. */
function remember(known: Map<string, string[]>, text: string): void {
	for (const [id, prefix = ""] of text.matchAll(/\b([a-z]+)_[0-9a-z]{26}\b/g)) {
		const ids = known.get(prefix) ?? [];
		if (!ids.includes(id)) known.set(prefix, [id, ...ids].slice(0, MOST_KNOWN_IDS));
	}
}
