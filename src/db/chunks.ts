// D1 binds texts of up to 2,000,000 bytes. Lists that are bound as JSON are split well below that.
import { type SQL, sql } from "./sql.ts";

/** At three bytes each, the maximum of UTF-8 per UTF-16 unit, half of the limit. */
const MAX_CHUNK_CHARACTERS = 300_000;

interface Chunk<T> {
	readonly items: readonly T[];
	/** The items as a list of JSON, and as a table as `sql.each` makes it. */
	readonly json: string;
	readonly each: SQL;
}

/** Splits a list into chunks, each small enough for one bound text. An item is never split. */
export function splitIntoChunks<T>(
	items: readonly T[],
	serialise: (item: T) => string = (item) => JSON.stringify(item),
): Chunk<T>[] {
	const chunks: { readonly items: T[]; readonly texts: string[] }[] = [];
	let room = 0;
	for (const item of items) {
		const text = serialise(item);
		if (text.length > room) {
			chunks.push({ items: [], texts: [] });
			room = MAX_CHUNK_CHARACTERS;
		}
		const last = chunks.at(-1);
		last?.items.push(item);
		last?.texts.push(text);
		room -= text.length;
	}
	return chunks.map(({ items: own, texts }) => {
		const json = `[${texts.join(",")}]`;
		return { items: own, json, each: sql`json_each(${json})` };
	});
}
