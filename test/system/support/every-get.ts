// Every answer that the API gives to a GET: each path of the OpenAPI document with ids that its lists have, all pages, deleted rows
// too, and searches.
import type { DocumentPart } from "../../../scripts/openapi/strict-schemas.ts";

const REQUESTS_PER_KEY = 50;
/** Rows of each list that are also asked for by their ids. */
const IDS_PER_LIST = 3;

/** Asks for everything with these keys, each of which allows sixty requests; returns the answers by path and query. */
export async function everyGet(url: URL, keys: readonly string[]): Promise<Map<string, string>> {
	const answers = new Map<string, string>();
	let used = 0;
	const get = async (path: string): Promise<DocumentPart> => {
		const key = keys[Math.floor(used / REQUESTS_PER_KEY)];
		if (!key) throw new Error(`There are too few keys for ${used} requests.`);
		used += 1;
		const response = await fetch(new URL(`/api/v1${path}`, url), { headers: { "x-api-key": key } });
		const text = await response.text();
		// A row that was deleted is not found by its id.
		if (response.status !== 200 && response.status !== 404)
			throw new Error(`${path}: ${response.status} ${text}`);
		const body = JSON.parse(text);
		// Cursors are sealed anew, each request has an id, and a key's last use is what this does itself.
		const shown = text
			.replace(/"nextCursor":"[^"]*"/g, '"nextCursor":"…"')
			.replace(/"requestId":"[^"]*"/g, '"requestId":"…"')
			.replace(/"lastUsedAt":(?:"[^"]*"|null)/g, '"lastUsedAt":"…"');
		answers.set(path, `${response.status} ${response.headers.get("etag")} ${shown}`);
		return body;
	};
	const list = async (path: string, query: string): Promise<DocumentPart[]> => {
		const items: DocumentPart[] = [];
		let cursor: string | null = null;
		for (let page = 0; ; page += 1) {
			const more: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
			const body = await get(`${path}?${query}${more}`);
			if (cursor) answers.set(`${path}?${query} page ${page}`, answers.get(`${path}?${query}${more}`) ?? "");
			if (cursor) answers.delete(`${path}?${query}${more}`);
			items.push(...body.items);
			cursor = body.nextCursor;
			if (!cursor) return items;
		}
	};
	const document: DocumentPart = await (await fetch(new URL("/openapi.json", url))).json();
	const idsOf = new Map<string, string[]>();
	const paths = Object.entries<DocumentPart>(document.paths)
		.filter(([, item]) => item.get)
		.sort(([one], [other]) => one.split("{").length - other.split("{").length || (one < other ? -1 : 1));
	for (const [pattern, item] of paths) {
		const parameters: string[] = (item.get.parameters ?? [])
			.map((one: DocumentPart) => (one.$ref ? resolved(document, one.$ref) : one))
			.map(({ name }: DocumentPart) => name);
		for (const path of filled(pattern, idsOf)) {
			if (!parameters.includes("cursor")) {
				await get(path);
				continue;
			}
			const deleted = parameters.includes("includeDeleted") ? "&includeDeleted=true" : "";
			const items = await list(path, `limit=100${deleted}`);
			idsOf.set(path, items.flatMap(({ id }) => (id ? [id] : [])).slice(0, IDS_PER_LIST));
			if (parameters.includes("search")) await list(path, "limit=100&search=a");
		}
	}
	return answers;
}

/** The paths of a pattern, with the ids of the lists that its parameters stand behind. */
function filled(pattern: string, idsOf: ReadonlyMap<string, readonly string[]>): string[] {
	let paths = [""];
	for (const part of pattern.split("/").slice(1))
		paths = paths.flatMap((path) =>
			part.startsWith("{") ? (idsOf.get(path) ?? []).map((id) => `${path}/${id}`) : [`${path}/${part}`],
		);
	return paths;
}

const resolved = (document: DocumentPart, ref: string): DocumentPart =>
	ref
		.replace("#/", "")
		.split("/")
		.reduce((node, name) => node[name], document);
