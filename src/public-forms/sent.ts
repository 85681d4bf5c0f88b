// What a visitor has sent: the answers by the keys of their fields, and beside them a few fields of our own, whose names no
// form's field can have.
import { TURNSTILE_FIELD } from "../crm/forms/schema.ts";
import { AppError, badRequest } from "../errors.ts";
import { checkValue, decodeText, notUtf8, readBytes, readJson, readText } from "../http/body.ts";
import { valuesByName } from "../http/named-values.ts";
import { isJsonObject } from "../json.ts";

/** Our own fields, by what they are for. */
export const OWN_FIELDS = {
	/** People don't see it and leave it empty; programs fill it in. */
	honeypot: "_url",
	/** When the page was shown, signed. */
	time: "_time",
	/** The page that the form is embedded in, and the page that led there. */
	page: "_page",
	referrer: "_referrer",
	turnstile: TURNSTILE_FIELD,
} as const;

type OwnField = keyof typeof OWN_FIELDS;

export interface Sent {
	readonly answers: ReadonlyMap<string, unknown>;
	/** The text of one of our own fields; empty if it was not sent. */
	own(field: OwnField): string;
}

const MAX_BYTES = 64 * 1_024;

/**
 * Reads the body of a form: JSON, or what browsers send.
 * @throws AppError 415 for another type, 413 for more than 64 KB, 400 for a body that can't be read, or that has files or several
 *   values of one of our own fields
 */
export async function readSent(request: Request): Promise<Sent> {
	const fields = await readFields(request);
	for (const [name, value] of fields) checkValue({ [name]: value });
	const ownNames: ReadonlySet<string> = new Set(Object.values(OWN_FIELDS));
	const own = new Map<string, string>();
	for (const name of ownNames) {
		const value = fields.get(name) ?? "";
		if (typeof value !== "string") throw badRequest(name, "Expected one text.");
		own.set(name, value);
	}
	return {
		answers: new Map([...fields].filter(([name]) => !ownNames.has(name))),
		own: (field) => own.get(OWN_FIELDS[field]) ?? "",
	};
}

async function readFields(request: Request): Promise<Map<string, unknown>> {
	const header = request.headers.get("content-type") ?? "";
	const [type = ""] = header.toLowerCase().split(";");
	switch (type.trim()) {
		case "application/json": {
			const { value } = await readJson(request, MAX_BYTES);
			if (!isJsonObject(value)) throw badRequest("", "Expected an object.");
			// Also in the form of `POST /form-responses`; no answer is an object.
			const { answers, ...own } = value;
			return new Map(Object.entries(isJsonObject(answers) ? { ...own, ...answers } : value));
		}
		case "application/x-www-form-urlencoded":
			return together(urlencodedOf(await readText(request, MAX_BYTES)));
		case "multipart/form-data": {
			const bytes = await readBytes(request, MAX_BYTES);
			const fields = together(await formDataOf(bytes, header));
			// Without files, all of it is text. The parser replaces what isn't UTF-8, so that nobody would know what was typed.
			decodeText(bytes);
			return fields;
		}
		default:
			throw new AppError(
				"UNSUPPORTED_MEDIA_TYPE",
				"Send the answers as application/json, application/x-www-form-urlencoded or multipart/form-data.",
			);
	}
}

const ESCAPED_BYTES = /(?:%[\da-f]{2})+/gi;

/** Like the parser of multipart, that of URLs replaces what isn't UTF-8. */
function urlencodedOf(text: string): URLSearchParams {
	if (text.match(ESCAPED_BYTES)?.some((bytes) => !isUtf8(bytes))) throw notUtf8();
	return new URLSearchParams(text);
}

function isUtf8(escapedBytes: string): boolean {
	try {
		return decodeURIComponent(escapedBytes) !== "";
	} catch {
		return false;
	}
}

async function formDataOf(bytes: Uint8Array, type: string): Promise<FormData> {
	try {
		return await new Response(bytes, { headers: { "content-type": type } }).formData();
	} catch {
		throw badRequest("", "The body is not valid multipart/form-data.");
	}
}

/** The fields by name. */
function together(pairs: Iterable<[string, string | File]>): Map<string, unknown> {
	const texts = [...pairs].map(([name, value]): [string, string] => {
		if (typeof value !== "string") throw badRequest(name, "Files can't be sent.");
		// Browsers send lines with CR LF, whatever was typed.
		return [name, value.replaceAll("\r\n", "\n")];
	});
	return valuesByName(texts);
}
