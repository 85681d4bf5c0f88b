// Actions that find: by id, by text, by the filters of a list.
import { type Bundle, defineSearch, type ZObject } from "zapier-platform-core";
import { call, type Page, type Row } from "./api.ts";
import { customOutput } from "./custom-fields.ts";
import { type Resource, resources } from "./resources.ts";

async function find(z: ZObject, bundle: Bundle, { path, noun }: Resource): Promise<Row[]> {
	const { id, ...filters } = bundle.inputData;
	if (id) {
		const one = await call<Row>(z, bundle, `${path}/${encodeURIComponent(String(id))}`, { expected: [404] });
		return one.status === 200 ? [one.data] : [];
	}
	const params = Object.fromEntries(
		Object.entries(filters).filter(([, value]) => value !== undefined && value !== ""),
	);
	// Without any, the list begins with some record, which nobody has asked for.
	if (Object.keys(params).length === 0)
		throw new z.errors.Error(
			`Fill in at least one field to find a ${noun.toLowerCase()}.`,
			"BAD_REQUEST",
			400,
		);
	const { data } = await call<Page>(z, bundle, path, { params: { ...params, limit: 10 } });
	return [...data.items];
}

/** One search per resource. Its key is what `search` of a field says. */
export const searches = resources.map((resource) => {
	const { key, noun, path, fields, filters, sample } = resource;
	return defineSearch({
		key,
		noun,
		display: {
			label: `Find ${noun}`,
			description: `Finds a ${noun.toLowerCase()} by its id, a text in it, or its fields.`,
		},
		operation: {
			inputFields: [
				{ key: "search", label: "Text", type: "string", helpText: "Words that it contains, such as a name." },
				...fields
					.filter((field) => filters.includes(field.key))
					.map((field) => ({ ...field, required: false })),
				{ key: "id", label: "Id", type: "string" },
			],
			outputFields: [customOutput(path)],
			perform: (z: ZObject, bundle: Bundle) => find(z, bundle, resource),
			sample,
		},
	});
});

/** A search that creates what it doesn't find. */
export const searchOrCreates = Object.fromEntries(
	resources.map(({ key, noun }) => [
		key,
		{
			key,
			display: {
				label: `Find or Create ${noun}`,
				description: `Finds a ${noun.toLowerCase()}, or creates it if there is none.`,
			},
			search: key,
			create: `create_${key}`,
		},
	]),
);
