// Bytes: of texts, and those that come in chunks.

const encoder = new TextEncoder();

/** How many bytes a text has in UTF-8. */
export const utf8Bytes = (text: string): number => encoder.encode(text).length;

/** The chunks as one; a single one is not copied. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array {
	const [only] = chunks;
	if (only && chunks.length === 1) return only;
	const bytes = new Uint8Array(chunks.reduce((size, { byteLength }) => size + byteLength, 0));
	let offset = 0;
	for (const chunk of chunks) {
		bytes.set(chunk, offset);
		offset += chunk.byteLength;
	}
	return bytes;
}
