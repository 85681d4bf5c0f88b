// A request's body, checked before anything is made of it: type, size and depth first, then what JSON lets through but
// our rows and signatures could not keep.
import { AppError, badRequest } from "../errors.ts";

export const BODY_LIMIT = 256 * 1_024;
export const BATCH_BODY_LIMIT = 1_024 * 1_024;
const DEPTH_LIMIT = 32;

/** A body as the caller sent it, and what it says. */
export interface Body {
	readonly text: string;
	readonly value: unknown;
}

/**
 * Reads a JSON body.
 * @param limit the most bytes it may have
 * @throws AppError 415 for another or an encoded type, 413 when too large, 400 for what is not sound JSON
 */
export async function readBody(request: Request, limit: number): Promise<Body> {
	const body = await readJson(request, limit);
	inspect(body.value, []);
	return body;
}

/** Reads a body as `readBody` does, whatever its texts hold: for those who check the parts of it later. */
export async function readJson(request: Request, limit: number): Promise<Body> {
	const type = request.headers.get("content-type") ?? "";
	if (!/^application\/json *(?:; *charset="?utf-8"? *)?$/i.test(type)) {
		throw new AppError("UNSUPPORTED_MEDIA_TYPE", "Send the body with Content-Type: application/json.");
	}
	if (request.headers.has("content-encoding")) {
		throw new AppError("UNSUPPORTED_MEDIA_TYPE", "Send the body without Content-Encoding.");
	}
	const text = decode(await readBytes(request, limit));
	return { text, value: parseJson(text) };
}

/**
 * What a JSON text says.
 * @throws AppError 400 for one that isn't JSON or is nested too deep
 */
export function parseJson(text: string): unknown {
	if (depthOf(text) > DEPTH_LIMIT) throw malformed(`The body is nested deeper than ${DEPTH_LIMIT} levels.`);
	try {
		return JSON.parse(text);
	} catch {
		throw malformed("The body is not valid JSON.");
	}
}

function malformed(message: string): AppError {
	return badRequest({ path: "", message });
}

async function readBytes(request: Request, limit: number): Promise<Uint8Array> {
	const tooLarge = () => new AppError("PAYLOAD_TOO_LARGE", `The body is larger than ${limit / 1_024} KB.`);
	if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge();
	const chunks: Uint8Array[] = [];
	let size = 0;
	for await (const chunk of request.body ?? []) {
		size += chunk.byteLength;
		if (size > limit) throw tooLarge();
		chunks.push(chunk);
	}
	const [only] = chunks;
	if (only && chunks.length === 1) return only;
	const bytes = new Uint8Array(size);
	let offset = 0;
	for (const chunk of chunks) {
		bytes.set(chunk, offset);
		offset += chunk.byteLength;
	}
	return bytes;
}

function decode(bytes: Uint8Array): string {
	try {
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
	} catch {
		throw malformed("The body is not valid UTF-8.");
	}
}

/** How deep brackets nest, found without parsing: a parser would recurse as deep as the text says. */
function depthOf(text: string): number {
	let depth = 0;
	let deepest = 0;
	for (let index = 0; index < text.length; index += 1) {
		const character = text[index];
		if (character === '"') {
			for (index += 1; index < text.length && text[index] !== '"'; index += 1)
				if (text[index] === "\\") index += 1;
		} else if (character === "{" || character === "[") {
			depth += 1;
			if (depth > deepest) deepest = depth;
		} else if (character === "}" || character === "]") depth -= 1;
	}
	return deepest;
}

/** Refuses what would not survive the way to a row and out to a webhook: NUL, ill-formed Unicode, an own `__proto__`. */
function inspect(value: unknown, path: readonly string[]): void {
	if (typeof value === "string") sound(value, path);
	else if (Array.isArray(value))
		for (const [index, item] of value.entries()) inspect(item, [...path, String(index)]);
	else if (typeof value === "object" && value !== null) {
		for (const [key, item] of Object.entries(value)) {
			if (key === "__proto__")
				throw badRequest({ path: [...path, key].join("."), message: "Unknown field." });
			sound(key, path);
			inspect(item, [...path, key]);
		}
	}
}

function sound(text: string, path: readonly string[]): void {
	if (text.includes("\0")) throw badRequest({ path: path.join("."), message: "Must not contain U+0000." });
	if (!text.isWellFormed())
		throw badRequest({ path: path.join("."), message: "Must be well-formed Unicode." });
}
