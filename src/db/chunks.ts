// D1 binds texts of up to 2,000,000 bytes. Lists that travel as JSON are cut well below that.

/** Characters per chunk: at three bytes each (the most that UTF-8 needs per UTF-16 unit) still half of the limit. */
const MOST = 300_000;

/** Cuts a list into chunks of serialised items, each chunk within what one bound text may hold; one item is never cut. */
export function inChunks<T>(items: readonly T[], serialise: (item: T) => string): string[][] {
	const chunks: string[][] = [];
	let room = 0;
	for (const text of items.map(serialise)) {
		if (text.length > room) {
			chunks.push([]);
			room = MOST;
		}
		chunks.at(-1)?.push(text);
		room -= text.length;
	}
	return chunks;
}
