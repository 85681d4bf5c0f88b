// Which errors of the API a form shows at its fields.
import { ApiError } from "../api.ts";
import type { Field } from "../schema/fields.ts";

const MAX_CHARACTERS = 40;

/** What is wrong with single entries of a list whose entries have no fields of their own; empty if nothing is. */
export function entryErrorsAt(error: Error | null, path: string, entries: readonly string[]): string {
	if (!(error instanceof ApiError)) return "";
	return error.errors
		.filter((one) => one.path.startsWith(`${path}.`) && isIndex(one.path.slice(path.length + 1)))
		.map((one) => {
			const entry = entries[Number(one.path.slice(path.length + 1))] ?? "";
			const name = entry.length > MAX_CHARACTERS ? `${entry.slice(0, MAX_CHARACTERS)}…` : entry;
			return name ? `“${name}”: ${one.message}` : one.message;
		})
		.join(" ");
}

const isIndex = (part: string) => /^\d+$/.test(part);

/** Whether a form with these fields shows an error with this path, `lineItems.0.price`, at one of them. */
export function isShown(path: string, fields: readonly Field[]): boolean {
	const [name, ...rest] = path.split(".");
	const field = fields.find((one) => one.name === name);
	if (!field) return false;
	switch (field.kind.type) {
		case "group":
			return isShown(rest.join("."), field.kind.fields);
		case "rows":
			return rest.length === 0 || isShown(rest.slice(1).join("."), field.kind.fields);
		case "texts":
		case "choices":
		case "references":
			return rest.length === 0 || (rest.length === 1 && isIndex(rest[0] ?? ""));
		// A checkbox has no room for it, and what has no input neither.
		case "flag":
			return field.isNullable && rest.length === 0;
		case "json":
			return false;
		default:
			return rest.length === 0;
	}
}

/** The paths of an error that are shown at their fields. */
export const shownPaths = (error: Error | null, shown: (path: string) => boolean): readonly string[] =>
	error instanceof ApiError ? error.errors.map(({ path }) => path).filter(shown) : [];
