// Adds custom fields to a resource. Rows in memory have `cf_…` fields at the top level, so changes, events and answers
// treat them like other fields; only the mapping to and from stored rows differs.
import type { CustomValue } from "../db/columns.ts";
import { type FactSource, factSourceOf } from "../db/fact.ts";
import type { ListQuery, ListSpec } from "../db/list-query.ts";
import type { OwnedRow } from "../db/owned-row.ts";
import { sql } from "../db/sql.ts";
import type { Mapping } from "../db/store.ts";
import { type Operand, rowOf } from "../db/tenant.ts";
import { badRequest, foreignCursor, throwFieldErrors } from "../errors.ts";
import { fieldOf } from "../resources/changes.ts";
import type { Resource } from "../resources/resource.ts";
import type { Definition } from "./definitions.ts";
import { definitionKeys, definitionsJson } from "./live.ts";
import { storedComparison } from "./stored-comparison.ts";
import { fieldType, LINKED_TYPES } from "./types.ts";
import {
	isCustomValue,
	linksOf,
	linksOfStored,
	linkToMatch,
	linkValue,
	mergeValues,
	parseParameter,
	possibleLinks,
	storedValues,
} from "./values.ts";

export interface HasCustomValues {
	readonly custom: Record<string, CustomValue>;
}

/** The custom fields of an input, by key; the body schema gathers them. */
export interface CustomInput {
	readonly cf_?: Readonly<Record<string, unknown>> | undefined;
	/** Whether it comes from a built-in process, which can't be asked for required fields. */
	readonly unattended?: boolean | undefined;
}

/** The fact of a resource with custom fields: the live definitions, and the fact of the resource itself. */
export interface CustomFact<Own> {
	readonly definitions: readonly Definition[];
	readonly own: Own;
}

/** Gives a resource the custom fields that its organization has defined for it. */
export function withCustomFields<
	Row extends OwnedRow & HasCustomValues,
	Create extends object,
	Update extends object,
	Own,
>(
	base: Resource<Row, Create, Update, Own>,
): Resource<Row, Create & CustomInput, Update & CustomInput, CustomFact<Own>> & {
	readonly fact: FactSource<CustomFact<Own>>;
} {
	const { fieldsOnRestore, ...rules } = base;
	const source = factSourceOf(base);
	const factOf = (organizationId: Operand) =>
		sql`(SELECT json_object('definitions', json(${definitionsJson(organizationId, base.path)}), 'own', ${source.query(organizationId) ?? sql`NULL`}))`;
	const ownFact = sql.prepared<[organizationId: string]>(factOf);

	const mapping = ({ definitions, own }: CustomFact<Own>): Mapping<Row> => {
		const plain = base.mapping?.(own) ?? base.store.plainMapping;
		const live = new Set(definitions.map(({ id }) => id));
		return {
			row(stored) {
				const row = plain.row(stored);
				if (definitions.length === 0 && isEmpty(row.custom)) return row;
				const shown = definitions.map(({ id, key }) => [key, row.custom[id] ?? null]);
				const hidden = hashOfHidden(Object.keys(row.custom).filter((id) => !live.has(id)));
				return { ...row, ...Object.fromEntries(shown), hidden };
			},
			columns(row) {
				const { hidden: _, ...columns }: { readonly hidden?: unknown } = plain.columns(row);
				// Without definitions no row has custom fields.
				if (definitions.length === 0) return columns;
				return { ...withoutCustom(columns), custom: valuesOf(row, definitions) };
			},
			links: (row) => [
				...plain.links(row),
				...definitions.flatMap((definition) => linksOf(definition, fieldOf(row, definition.key))),
			],
			hiddenLinks: ({ custom }) =>
				Object.entries(custom).flatMap(([id, value]) => (live.has(id) ? [] : possibleLinks(id, value))),
		};
	};

	return {
		...rules,
		mapping,

		shown(organizationId) {
			const fields = definitionKeys(organizationId, base.path);
			const value = sql`coalesce(${base.store.column("custom")} -> (field.value->>1), 'null')`;
			const members = sql`SELECT group_concat(',' || json_quote(field.value->>0) || ':' || ${value}, '') FROM json_each(${fields}) AS field`;
			// To find out for each row that there are no fields would take as long as some of its columns.
			return { ...base.shown?.(organizationId), more: sql`iif(${fields} = '[]', '', (${members}))` };
		},

		fact: {
			query: (organizationId) =>
				typeof organizationId === "string" ? ownFact(organizationId) : factOf(organizationId),
			read(scalar) {
				const { definitions, own } = JSON.parse(String(scalar));
				return { definitions: parseDefinitions(definitions), own: source.read(own) };
			},
		},

		fields(input, before, { definitions, own }, at) {
			const { cf_: custom = {}, unattended = false, ...core } = input;
			const stored = before ? withCustom(before) : unattended ? {} : null;
			const { values, errors } = mergeValues(definitions, custom, stored);
			throwFieldErrors(errors);
			const row = base.fields(core as Create | Update, before, own, at);
			return { ...row, custom: before?.custom ?? {}, ...values };
		},

		...(fieldsOnRestore
			? { fieldsOnRestore: (row: Row, { own }: CustomFact<Own>, at: string) => fieldsOnRestore(row, own, at) }
			: {}),

		uniqueLinks: (row, { definitions }) =>
			definitions
				.filter(({ unique }) => unique)
				.flatMap((definition) =>
					linksOf(definition, fieldOf(row, definition.key)).map((link) => ({
						...link,
						path: definition.key,
					})),
				),

		matchLink: (key, value, { definitions }) => linkToMatch(definitionOf(definitions, key), value),

		hiddenLinks: (organizationId, id) => ({
			query: sql`${storedValues(sql`SELECT * FROM ${rowOf(base.store.table, organizationId, id)}`, LINKED_TYPES)} AND definition."deletedAt" IS NOT NULL`,
			read: (found) => found.flatMap(linksOfStored),
		}),

		resolveListQuery(query, { definitions }) {
			const custom = Object.entries(query.filters).filter(([name]) => name.startsWith("cf_"));
			const sort = query.orderBy.startsWith("cf_")
				? definitionOf(definitions, query.orderBy, "orderBy")
				: null;
			const filteredBy = custom.map(([key]) => definitionOf(definitions, key).id);
			// By now, another field may have the key of one that the cursor was made for.
			const customFields = [...filteredBy, ...(sort ? [sort.id] : [])].toSorted().join();
			if (query.after && query.after.customFields !== customFields) throw foreignCursor();
			const filters: Record<string, ListSpec["filters"][string]> = {};
			const values: Record<string, ListQuery["filters"][string]> = {};
			for (const [key, texts] of custom) {
				const definition = definitionOf(definitions, key);
				const { id, type } = definition;
				const parsed = texts.map((text) => parseParameter(definition, String(text)));
				values[key] = parsed.map((value) => linkValue(type, value));
				filters[key] = { by: "linked", field: `custom.${id}`, stored: storedComparison(type, parsed) };
			}
			if (sort && !fieldType(sort.type).isSortable)
				throw badRequest("orderBy", "Only number, currency and date fields can be sorted by.");
			const sortLink = sort
				? { field: `custom.${sort.id}`, unset: sql`custom->>${sort.id} IS NULL` }
				: undefined;
			return {
				query: { ...query, filters: { ...query.filters, ...values }, sortLink, customFields },
				filters,
			};
		},
	};
}

const isEmpty = (values: object): boolean => {
	for (const _ in values) return false;
	return true;
};

const withCustom = (row: object): Readonly<Record<string, unknown>> =>
	Object.fromEntries(Object.entries(row).filter(([key]) => key.startsWith("cf_")));

const withoutCustom = (row: object): object =>
	Object.fromEntries(Object.entries(row).filter(([key]) => !key.startsWith("cf_")));

/**
 * A short hash (FNV-1a, 32 bits) of the definitions whose values a row stores but does not show, because they are deleted.
 * It is part of the ETag, which so changes when a definition is deleted or restored, although the version does not.
 */
function hashOfHidden(ids: readonly string[]): string | undefined {
	if (ids.length === 0) return undefined;
	let hash = 0x811c9dc5;
	for (const unit of ids.toSorted().join()) hash = Math.imul(hash ^ unit.charCodeAt(0), 0x01000193) >>> 0;
	return `h${hash.toString(36)}`;
}

/** The values to store, by id of the definition. Those of deleted definitions are kept, so that restoring one restores them. */
function valuesOf(row: HasCustomValues, definitions: readonly Definition[]): Record<string, CustomValue> {
	const fields = withCustom(row);
	const kept = { ...row.custom };
	for (const { id, key } of definitions) {
		const value = fields[key];
		if (isCustomValue(value)) kept[id] = value;
		else delete kept[id];
	}
	return kept;
}

/** Parses definitions as `definitionsJson` returns them, with 1 and 0 for booleans. */
export function parseDefinitions(value: unknown): Definition[] {
	const list: (Omit<Definition, "required" | "unique"> & { required: unknown; unique: unknown })[] =
		Array.isArray(value) ? value : [];
	return list.map((one) => ({ ...one, required: Boolean(one.required), unique: Boolean(one.unique) }));
}

/** The definition of a key. @throws AppError 400 naming the parameter if there is none */
function definitionOf(definitions: readonly Definition[], key: string, path = key): Definition {
	const definition = definitions.find((one) => one.key === key);
	if (!definition) throw badRequest(path, "There is no such custom field.");
	return definition;
}
