// The fields that an organization has defined, as fields of Zapier.
import type { Bundle, PlainInputField, ZObject } from "zapier-platform-core";
import { call } from "./api.ts";

interface Definition {
	readonly key: string;
	readonly label: string;
	readonly type: string;
	readonly options: readonly string[];
	readonly required: boolean;
	readonly helpText: string | null;
}

const TYPES: Readonly<Record<string, PlainInputField["type"]>> = {
	longText: "text",
	number: "number",
	currency: "number",
	boolean: "boolean",
};

/**
 * A function that Zapier calls when it shows the form of an action.
 * @param path the resource, as in `/leads`
 * @param isCreate whether required fields must be filled in
 */
export function customFields(path: string, isCreate: boolean) {
	return async (z: ZObject, bundle: Bundle): Promise<PlainInputField[]> => {
		const params = { entity: path, limit: 100 };
		// A key without the scope to read definitions can still write the built-in fields.
		const { status, data } = await call<{ items: Definition[] }>(z, bundle, "custom-fields", {
			params,
			expected: [403],
		});
		return status === 200 ? data.items.map((definition) => fieldOf(definition, isCreate)) : [];
	};
}

function fieldOf(
	{ key, label, type, options, required, helpText }: Definition,
	isCreate: boolean,
): PlainInputField {
	const help = [helpText, type === "date" ? "A day such as 2026-12-31." : null].filter(Boolean).join(" ");
	return {
		key,
		label,
		type: TYPES[type] ?? "string",
		required: isCreate && required,
		...(help ? { helpText: help } : {}),
		...(options.length > 0 ? { choices: [...options] } : {}),
		...(type === "multiSelect" ? { list: true } : {}),
	};
}

/** The same as what comes out of a step: their names, for who picks a value. */
export function customOutput(path: string) {
	const fields = customFields(path, false);
	return async (z: ZObject, bundle: Bundle) =>
		(await fields(z, bundle)).map(({ key, label }) => ({ key, ...(label ? { label } : {}) }));
}
