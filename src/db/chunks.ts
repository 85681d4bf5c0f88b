// D1 binds texts of up to 2,000,000 bytes. Lists that are bound as JSON are split well below that.
import { type SQL, sql } from "./sql.ts";

/** At three bytes each, the maximum of UTF-8 per UTF-16 unit, half of the limit. */
const MAX_CHUNK_CHARACTERS = 300_000;

interface Chunk {
	/** Its items as a list of JSON, and as a table as `sql.each` makes it. */
	readonly json: string;
	readonly each: SQL;
	readonly length: number;
}

/** Splits a list into chunks, each small enough for one bound text. An item is never split. */
export function splitIntoChunks<T>(
	items: readonly T[],
	serialise: (item: T) => string = (item) => JSON.stringify(item),
): Chunk[] {
	const chunks: string[][] = [];
	let room = 0;
	for (const text of items.map((item) => serialise(item))) {
		if (text.length > room) {
			chunks.push([]);
			room = MAX_CHUNK_CHARACTERS;
		}
		chunks.at(-1)?.push(text);
		room -= text.length;
	}
	return chunks.map((texts) => {
		const json = `[${texts.join(",")}]`;
		return { json, each: sql`json_each(${json})`, length: texts.length };
	});
}
