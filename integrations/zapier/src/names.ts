// Names beside ids: a webhook with `expand` sends `ownerName` beside `ownerId`. Here the records that Zapier shows as examples
// get them, too, since lists have none.
import type { Bundle, PlainInputField, ZObject } from "zapier-platform-core";
import { call, type Page, type Row } from "./api.ts";

/** What has names, as the API calls it and as people do. */
const NAMED = {
	clients: "Clients",
	deals: "Deals",
	"lead-sources": "Lead Sources",
	"lead-stages": "Lead Stages",
	leads: "Leads",
	pipelines: "Pipelines and Their Stages",
	tags: "Tags",
	users: "Users",
} as const;

type Named = keyof typeof NAMED;

const people = { ownerId: ["users"], tagIds: ["tags"] } as const;
const assigned = { ...people, assigneeIds: ["users"] } as const;

/** The fields that get a name, by the path of their resource, each with what its ids may be of. */
const fields: Readonly<Record<string, Readonly<Record<string, readonly Named[]>>>> = {
	leads: { ...assigned, sourceId: ["lead-sources"], stageId: ["lead-stages"] },
	clients: { ...people, sourceId: ["lead-sources"], companyId: ["clients"] },
	deals: {
		...assigned,
		clientId: ["clients"],
		contactIds: ["clients"],
		leadId: ["leads"],
		pipelineId: ["pipelines"],
		sourceId: ["lead-sources"],
		stageId: ["pipelines"],
	},
	tasks: { ...assigned, entityId: ["clients", "deals", "leads"] },
	invoices: { ...people, clientId: ["clients"], dealId: ["deals"] },
};

/** The field of a trigger in which the user chooses names; none for a resource that refers to nothing. */
export function namesField(path: string): PlainInputField[] {
	const choices = [...new Set(Object.values(fields[path] ?? {}).flat())].sort();
	if (choices.length === 0) return [];
	return [
		{
			key: "expand",
			label: "Names Beside IDs",
			type: "string",
			list: true,
			required: false,
			choices: choices.map((value) => ({ value, label: NAMED[value], sample: value })),
			helpText:
				"Adds `ownerName` beside `ownerId`, and so on. The API key needs the scope to read what is named.",
		},
	];
}

/** What the user has chosen. */
export const chosenNames = ({ inputData }: Bundle): Named[] =>
	(inputData.expand as Named[] | undefined) ?? [];

/** Records of a list with the names that a webhook with the same `expand` sends. */
export async function withNames(
	z: ZObject,
	bundle: Bundle,
	path: string,
	records: readonly Row[],
): Promise<Row[]> {
	const chosen = chosenNames(bundle);
	const expanded = Object.entries(fields[path] ?? {}).filter(([, kinds]) =>
		kinds.some((kind) => chosen.includes(kind)),
	);
	const names = new Map<unknown, unknown>();
	for (const kind of chosen) {
		const ids = expanded
			.filter(([, kinds]) => kinds.includes(kind))
			.flatMap(([field, { length }]) =>
				// One of several kinds is said beside the id.
				records.flatMap((record) =>
					length > 1 && record.entity !== kind ? [] : [record[field] ?? []].flat(),
				),
			);
		if (ids.length > 0) for (const [id, name] of await namesOf(z, bundle, kind, ids)) names.set(id, name);
	}
	const nameOf = (id: unknown): unknown => (Array.isArray(id) ? id.map(nameOf) : (names.get(id) ?? null));
	return records.map((record) => ({
		...record,
		...Object.fromEntries(
			expanded.map(([field]) => [field.replace(/Id(s?)$/, "Name$1"), nameOf(record[field])]),
		),
	}));
}

/** Of a filter. */
const MAX_IDS = 50;

/** Records, deleted ones included, by their ids: pairs of id and name. Of pipelines all, since a stage doesn't say whose it is. */
async function namesOf(z: ZObject, bundle: Bundle, kind: Named, ids: readonly unknown[]) {
	const known = kind === "pipelines" ? {} : { id: [...new Set(ids)].slice(0, MAX_IDS) };
	const params = { limit: 100, includeDeleted: true, ...known };
	const { data } = await call<Page>(z, bundle, kind, { params });
	return data.items.flatMap(({ id, name, title, stages = [] }) => [
		[id, name ?? title] as const,
		...(stages as Row[]).map((stage) => [stage.id, stage.name] as const),
	]);
}
