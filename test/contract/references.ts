// The references of resources, each with its form in bodies, filters and errors.
import type { Api, Json } from "../support/api.ts";
import type { Resource, Target } from "./resource.ts";
import { resources } from "./resources.ts";
import { bodyOf, createRow, resourceAt } from "./rows.ts";

/** A reference and its form in bodies. */
export interface Reference extends Target {
	readonly resource: Resource;
	readonly path: string;
	readonly field: string;
	readonly target: Resource;
	readonly noun: string;
	/** The part of a body that refers to these ids. */
	withIds(...ids: readonly string[]): Record<string, unknown>;
	/** The part of a body that removes the reference; null if it is required. */
	readonly withoutIds: Record<string, unknown> | null;
	/** The ids that a row refers to. */
	idsOf(row: Json): string[];
	/** The path in an error for the id at an index. */
	errorPath(index: number): string;
	/** The filter by this reference. */
	readonly filter: string | null;
}

const asList = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

/** All references of a resource. */
export function referencesOf(resource: Resource): Reference[] {
	return Object.entries(resource.references ?? {}).flatMap(([name, targets]) =>
		asList(targets).map((target) => referenceOf(resource, name, target)),
	);
}

function referenceOf(resource: Resource, name: string, to: Target): Reference {
	const [field = "", key] = name.split(".");
	const { many = false, otherFields: beside = {} } = to;
	const target = resourceAt(to.to);
	const [items] = resource.fields[field] ?? [];
	const [item] = Array.isArray(items) ? items : [];
	const value = (ids: readonly string[]) => {
		if (key !== undefined) return ids.map((id) => ({ ...item, [key]: id }));
		return many ? ids : (ids[0] ?? null);
	};
	const unset = Object.fromEntries(Object.keys(beside).map((other) => [other, null]));
	const always =
		resource.requiredReferences?.[field] !== undefined || resource.prerequisites?.includes(to.to);
	return {
		...to,
		resource,
		path: resource.path,
		field,
		many: many || key !== undefined,
		target,
		noun: to.kind?.noun ?? target.noun,
		withIds: (...ids) => ({ [field]: value(ids), ...beside }),
		withoutIds: always && !many ? null : { [field]: value([]), ...unset },
		idsOf: (row) => (key === undefined ? [row[field]].flat() : row[field].map((one: Json) => one[key])),
		errorPath: (index) => {
			if (key !== undefined) return `${field}.${index}.${key}`;
			return many ? `${field}.${index}` : field;
		},
		filter: key === undefined ? (many ? field.replace(/s$/, "") : field) : null,
	};
}

/** Creates a valid target of a reference. */
export async function createTarget(api: Api, { target, kind: only }: Reference): Promise<Json> {
	return createRow(api, target, { ...(await bodyOf(api, target)), ...only?.body });
}

export const references: readonly Reference[] = resources.flatMap(referencesOf);
