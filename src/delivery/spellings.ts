// How a receiver may write a value that it was sent, when it sends it back: in JSON, in a URL, in HTML, in Base64.
import { toBase64 } from "../base64.ts";

/** A text as these writings have it, once for each; the text itself is the first. */
export function spellingsOf(text: string): string[] {
	const json = JSON.stringify(text).slice(1, -1);
	// Libraries differ in which characters they leave as they are.
	const uri = encodeURIComponent(text);
	const strict = uri.replace(/[!'()*]/g, percent);
	const uris = [uri, strict, uri.replaceAll("%2F", "/"), strict.replaceAll("%20", "+")];
	const all = [
		text,
		json,
		// PHP escapes each slash of JSON, and Base64 has some; Go and Rails what HTML reads as markup.
		json.replaceAll("/", String.raw`\/`),
		json.replace(/[<>&]/g, (character) => `\\u00${hex(character)}`),
		...uris,
		...uris.map((one) => one.replace(/%../g, (code) => code.toLowerCase())),
		text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character),
		...inBase64(text),
	];
	return [...new Set(all)];
}

const hex = (character: string) => character.charCodeAt(0).toString(16).padStart(2, "0");
const percent = (character: string) => `%${hex(character).toUpperCase()}`;

const ENTITIES: Readonly<Record<string, string>> = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	'"': "&quot;",
	"'": "&#39;",
};

/** A text in Base64 by itself, and as a part of a longer one, without the digits at its ends that depend on what is around it. */
function inBase64(text: string): string[] {
	const [whole = "", ...shifted] = ["", " ", "  "].map((before) =>
		toBase64(new TextEncoder().encode(before + text)),
	);
	const parts = [whole, ...shifted.map((one) => one.slice(4))].map((one) => one.replace(/.{0,3}=+$/, ""));
	return [whole, ...parts].flatMap((one) => [one, one.replaceAll("+", "-").replaceAll("/", "_")]);
}
