// What the node asks for, for each resource and operation.
import type { INodeProperties, INodePropertyOptions } from "n8n-workflow";
import { type Resource, resources } from "./resources";

interface Operation {
	readonly value: string;
	readonly name: string;
	/** A sentence about it, with the resource's name for `%`. */
	readonly action: string;
}

const operations: readonly Operation[] = [
	{ value: "create", name: "Create", action: "Create a %" },
	{ value: "upsert", name: "Create or Update", action: "Create a % or update the known one" },
	{ value: "delete", name: "Delete", action: "Delete a %" },
	{ value: "get", name: "Get", action: "Get a %" },
	{ value: "getAll", name: "Get Many", action: "Find many %s" },
	{ value: "update", name: "Update", action: "Update a %" },
];

const byName = (fields: readonly INodeProperties[]) =>
	[...fields].sort((a, b) => a.displayName.localeCompare(b.displayName));

const operationsOf = ({ name, matchBy }: Resource): INodePropertyOptions[] =>
	operations
		.filter(({ value }) => value !== "upsert" || matchBy.length > 0)
		.map(({ action, ...operation }) => {
			const sentence = action.replace("%", name.toLowerCase());
			return { ...operation, action: sentence, description: sentence };
		});

/** A field of a record that has a defined field of the organization, and its value. */
const customFields: INodeProperties = {
	displayName: "Custom Fields",
	name: "customFields",
	type: "fixedCollection",
	typeOptions: { multipleValues: true },
	placeholder: "Add Custom Field",
	default: {},
	options: [
		{
			displayName: "Field",
			name: "field",
			values: [
				{
					displayName: "Field Name or ID",
					name: "key",
					type: "options",
					typeOptions: { loadOptionsMethod: "getCustomFields" },
					default: "",
					description:
						'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
				},
				{
					displayName: "Value",
					name: "value",
					type: "string",
					default: "",
					description:
						"A text, a number, true or false, a day such as 2026-12-31, or options with commas between them; left empty, the field is emptied",
				},
			],
		},
	],
};

function propertiesOf(resource: string, definition: Resource): INodeProperties[] {
	const { name, fields, required, matchBy, filters } = definition;
	const shown = (...operation: readonly string[]) => ({
		displayOptions: { show: { resource: [resource], operation: [...operation] } },
	});
	const others = fields.filter((field) => !required.includes(field.name));
	const collection = { type: "collection" as const, placeholder: "Add Field", default: {} };
	return [
		{
			displayName: "Operation",
			name: "operation",
			type: "options",
			noDataExpression: true,
			displayOptions: { show: { resource: [resource] } },
			options: operationsOf(definition),
			default: "create",
		},
		{
			displayName: `${name} ID`,
			name: "id",
			type: "string",
			required: true,
			default: "",
			...shown("get", "update", "delete"),
		},
		...(matchBy.length > 0
			? [
					{
						displayName: "Known By",
						name: "matchBy",
						type: "options" as const,
						options: byName(fields.filter((field) => matchBy.includes(field.name))).map((field) => ({
							name: field.displayName,
							value: field.name,
						})),
						default: matchBy[0] ?? "",
						description: "The field by which a known record is found; it must be among the fields",
						...shown("upsert"),
					},
				]
			: []),
		...fields
			.filter((field) => required.includes(field.name))
			.map((field) => ({ ...field, required: true, ...shown("create") })),
		{
			displayName: "Fields",
			name: "fields",
			...collection,
			options: byName(others),
			...shown("create", "upsert"),
		},
		{ displayName: "Fields", name: "fields", ...collection, options: byName(fields), ...shown("update") },
		{ ...customFields, ...shown("create", "upsert", "update") },
		{
			displayName: "Return All",
			name: "returnAll",
			type: "boolean",
			default: false,
			description: "Whether to return all results or only up to a given limit",
			...shown("getAll"),
		},
		{
			displayName: "Limit",
			name: "limit",
			type: "number",
			typeOptions: { minValue: 1 },
			default: 50,
			description: "Max number of results to return",
			displayOptions: { show: { resource: [resource], operation: ["getAll"], returnAll: [false] } },
		},
		{
			displayName: "Search",
			name: "search",
			type: "string",
			default: "",
			description: "Words that it contains, such as a name",
			...shown("getAll"),
		},
		{
			displayName: "Filters",
			name: "filters",
			...collection,
			placeholder: "Add Filter",
			options: byName(filters),
			...shown("getAll"),
		},
	];
}

export const properties: INodeProperties[] = [
	{
		displayName: "Resource",
		name: "resource",
		type: "options",
		noDataExpression: true,
		options: Object.entries(resources).map(([value, { name }]) => ({ name, value })),
		default: "lead",
	},
	...Object.entries(resources).flatMap(([resource, definition]) => propertiesOf(resource, definition)),
];
