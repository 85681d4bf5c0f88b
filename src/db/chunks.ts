// D1 binds texts of up to 2,000,000 bytes. Lists that are bound as JSON are split well below that.

/** At three bytes each, the maximum of UTF-8 per UTF-16 unit, half of the limit. */
const MAX_CHUNK_CHARACTERS = 300_000;

/** Splits a list into chunks of serialised items, each small enough for one bound text. An item is never split. */
export function splitIntoChunks<T>(items: readonly T[], serialise: (item: T) => string): string[][] {
	const chunks: string[][] = [];
	let room = 0;
	for (const text of items.map(serialise)) {
		if (text.length > room) {
			chunks.push([]);
			room = MAX_CHUNK_CHARACTERS;
		}
		chunks.at(-1)?.push(text);
		room -= text.length;
	}
	return chunks;
}
