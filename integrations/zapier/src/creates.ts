// Actions that write: create, update, and create or update.
import { type Bundle, defineCreate, type InputFields, type ZObject } from "zapier-platform-core";
import { call, type Row } from "./api.ts";
import { customFields, customOutput } from "./custom-fields.ts";
import { bodyOf } from "./fields.ts";
import { type Resource, resources } from "./resources.ts";

interface Action {
	readonly key: string;
	readonly label: string;
	readonly description: string;
	readonly inputFields: InputFields;
	/** The call that an input makes. */
	request(input: Readonly<Record<string, unknown>>): {
		method: "POST" | "PATCH";
		path: string;
		body: Readonly<Record<string, unknown>>;
	};
}

const defined = ({ noun, path, fields, sample }: Resource, action: Action) =>
	defineCreate({
		key: action.key,
		noun,
		display: { label: action.label, description: action.description },
		operation: {
			inputFields: action.inputFields,
			outputFields: [customOutput(path)],
			perform: async (z: ZObject, bundle: Bundle) => {
				const { path: to, method, body } = action.request(bundle.inputData);
				return (await call<Row>(z, bundle, to, { method, body: bodyOf(body, fields) })).data;
			},
			sample,
		},
	});

function create(resource: Resource): Action {
	const { key, noun, path, fields, required } = resource;
	return {
		key: `create_${key}`,
		label: `Create ${noun}`,
		description: `Creates a ${noun.toLowerCase()}.`,
		inputFields: [
			...fields.map((field) => ({ ...field, required: required.includes(field.key) })),
			customFields(path, true),
		],
		request: (body) => ({ method: "POST", path, body }),
	};
}

function update(resource: Resource): Action {
	const { key, noun, path, fields } = resource;
	return {
		key: `update_${key}`,
		label: `Update ${noun}`,
		description: `Changes the fields of a ${noun.toLowerCase()} that are filled in.`,
		inputFields: [
			{ key: "id", label: noun, type: "string", required: true, search: `${key}.id` },
			...fields,
			customFields(path, false),
		],
		request: ({ id, ...body }) => ({
			method: "PATCH",
			path: `${path}/${encodeURIComponent(String(id))}`,
			body,
		}),
	};
}

function upsert(resource: Resource): Action {
	const { key, noun, path, fields, matchBy } = resource;
	return {
		key: `upsert_${key}`,
		label: `Create or Update ${noun}`,
		description: `Changes the ${noun.toLowerCase()} that has the same e-mail address or phone number, or creates it.`,
		inputFields: [
			{
				key: "matchBy",
				label: "Known By",
				type: "string",
				required: true,
				default: "email",
				choices: [...matchBy],
				helpText: `The field by which a known ${noun.toLowerCase()} is found; it must be filled in.`,
			},
			...fields,
			customFields(path, false),
		],
		request: (body) => ({ method: "POST", path: `${path}/upsert`, body }),
	};
}

/** All actions that write. */
export const creates = resources.flatMap((resource) =>
	[create, update, ...(resource.matchBy.length > 0 ? [upsert] : [])].map((kind) =>
		defined(resource, kind(resource)),
	),
);
