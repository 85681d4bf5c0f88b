// Reads and checks a request's body: first type, size and depth, then text that is valid JSON but can't be stored or signed.
import { joined } from "../bytes.ts";
import { AppError, badRequest } from "../errors.ts";

export const MAX_BODY_BYTES = 256 * 1_024;
export const MAX_BATCH_BODY_BYTES = 1_024 * 1_024;
const MAX_DEPTH = 32;

/** 413 for a body of more bytes than `limit`. */
export const tooLarge = (limit: number) =>
	new AppError("PAYLOAD_TOO_LARGE", `The body is larger than ${limit / 1_024} KB.`);

/** 415 for a body that isn't declared as JSON. */
export const wrongType = () =>
	new AppError("UNSUPPORTED_MEDIA_TYPE", "Send the body with Content-Type: application/json.");

/** A body as the caller sent it, and its parsed value. */
export interface Body {
	readonly text: string;
	readonly value: unknown;
}

/**
 * Reads a JSON body.
 * @param limit the maximum of bytes
 * @throws AppError 415 for another content type or an encoded body, 413 if it is too large, 400 for invalid JSON or text
 */
export async function readBody(request: Request, limit: number): Promise<Body> {
	return checked(await readJson(request, limit));
}

/** Like `readBody`; null if the body is missing or empty, whatever type is declared: many clients declare one with every request. */
export async function readOptionalBody(request: Request, limit: number): Promise<Body | null> {
	const text = await readText(request, limit);
	if (text === "") return null;
	requireJsonType(request);
	return checked({ text, value: parseJson(text) });
}

function checked(body: Body): Body {
	checkValue(body.value);
	return body;
}

/** Like `readBody`, without the check of texts, for callers that check the parts of the body later. */
export async function readJson(request: Request, limit: number): Promise<Body> {
	requireJsonType(request);
	const text = await readText(request, limit);
	return { text, value: parseJson(text) };
}

/** A parameter may be missing after its semicolon, and blanks may be tabs: RFC 9110 §5.6.6. */
const JSON_TYPE = /^application\/json[ \t]*(?:;[ \t]*(?:charset="?utf-8"?[ \t]*)?)*$/i;

function requireJsonType({ headers }: Request): void {
	if (!JSON_TYPE.test(headers.get("content-type") ?? "")) throw wrongType();
}

/**
 * Parses JSON text.
 * @throws AppError 400 if it isn't JSON or is nested too deep
 */
export function parseJson(text: string): unknown {
	if (depthOf(text) > MAX_DEPTH) throw malformed(`The body is nested deeper than ${MAX_DEPTH} levels.`);
	try {
		return JSON.parse(text);
	} catch {
		throw malformed("The body is not valid JSON.");
	}
}

function malformed(message: string): AppError {
	return badRequest("", message);
}

/**
 * Reads a body of UTF-8 text.
 * @throws AppError 415 for an encoded body, 413 if it has more than `limit` bytes, 400 for other bytes
 */
export const readText = async (request: Request, limit: number): Promise<string> =>
	decodeText(await readBytes(request, limit));

/**
 * Reads a body.
 * @throws AppError 415 for an encoded body, 413 if it has more than `limit` bytes
 */
export async function readBytes(request: Request, limit: number): Promise<Uint8Array> {
	if (request.headers.has("content-encoding"))
		throw new AppError("UNSUPPORTED_MEDIA_TYPE", "Send the body without Content-Encoding.");
	const declared = request.headers.get("content-length");
	if (Number(declared ?? 0) > limit) throw tooLarge(limit);
	// At once is faster than in pieces. A chunked body may be longer than what is declared beside it.
	if (declared !== null && !request.headers.has("transfer-encoding")) {
		const bytes = await request.bytes();
		if (bytes.byteLength > limit) throw tooLarge(limit);
		return bytes;
	}
	const chunks: Uint8Array[] = [];
	let size = 0;
	for await (const chunk of request.body ?? []) {
		size += chunk.byteLength;
		if (size > limit) throw tooLarge(limit);
		chunks.push(chunk);
	}
	return joined(chunks);
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/**
 * The text of a body.
 * @throws AppError 400 if it isn't UTF-8
 */
export function decodeText(bytes: Uint8Array): string {
	try {
		return decoder.decode(bytes);
	} catch {
		throw notUtf8();
	}
}

/** 400 for a body in another encoding than UTF-8. */
export const notUtf8 = () => malformed("The body is not valid UTF-8.");

const [QUOTE, BACKSLASH] = [0x22, 0x5c];

/** The nesting depth of brackets, without parsing: a parser would recurse to that depth. */
function depthOf(text: string): number {
	let depth = 0;
	let maxDepth = 0;
	for (let index = 0; index < text.length; index += 1) {
		switch (text.charCodeAt(index)) {
			case QUOTE:
				for (index += 1; index < text.length && text.charCodeAt(index) !== QUOTE; index += 1)
					if (text.charCodeAt(index) === BACKSLASH) index += 1;
				break;
			case 0x5b: // [
			case 0x7b: // {
				depth += 1;
				if (depth > maxDepth) maxDepth = depth;
				break;
			case 0x5d: // ]
			case 0x7d: // }
				depth -= 1;
		}
	}
	return maxDepth;
}

/**
 * Refuses what can't be stored or sent to a webhook unchanged: NUL, ill-formed Unicode, an own `__proto__`.
 * @throws AppError 400 that names the first such value
 */
export function checkValue(value: unknown): void {
	const fault = faultIn(value);
	if (fault) throw badRequest(fault.path.join("."), fault.message);
}

interface Fault {
	readonly path: readonly string[];
	readonly message: string;
}

function faultIn(value: unknown): Fault | null {
	if (typeof value === "string") return faultOfText(value);
	if (typeof value !== "object" || value === null) return null;
	const isList = Array.isArray(value);
	for (const [key, item] of Object.entries(value)) {
		if (key === "__proto__") return { path: [key], message: "Unknown field." };
		// The place of an object with such a key is named, because the key can't be.
		const fault = isList ? null : faultOfText(key);
		if (fault) return fault;
		const inner = faultIn(item);
		if (inner) return { path: [key, ...inner.path], message: inner.message };
	}
	return null;
}

function faultOfText(text: string): Fault | null {
	if (text.includes("\0")) return { path: [], message: "Must not contain U+0000." };
	return text.isWellFormed() ? null : { path: [], message: "Must be well-formed Unicode." };
}
