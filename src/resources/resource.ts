// The definition of a resource: its names, its table, its lists, and its rules and events as functions. What all resources
// have in common (tenancy, versions, references, events, paging) is written once, for this interface.

import type { z } from "@hono/zod-openapi";
import type { Ctx } from "../context.ts";
import type { RawRow } from "../db/client.ts";
import type { InternalColumn } from "../db/columns.ts";
import type { Statement } from "../db/commit.ts";
import type { FactSource } from "../db/fact.ts";
import type { Link } from "../db/links.ts";
import type { Filter, ListQuery, ListSpec } from "../db/list-query.ts";
import type { OwnedRow } from "../db/owned-row.ts";
import type { Shown } from "../db/shown.ts";
import type { SQL } from "../db/sql.ts";
import type { Mapping, Store } from "../db/store.ts";
import type { Operand } from "../db/tenant.ts";
import type { Identity } from "../identities.ts";
import type { EventDraft } from "../outbox/record.ts";

/** The fields that the rules compute: all fields of the row except those that the store sets. */
export type FieldsOf<Row extends OwnedRow> = Omit<Row, keyof OwnedRow | "number" | InternalColumn<Row>>;

/** The changed fields of an update; `null` is unset. */
export type Changes = Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;

/** A write of one row: `before` is null for a create, `after` for a delete. */
export interface Transition<Row> {
	readonly before: Row | null;
	readonly after: Row | null;
	readonly changes: Changes;
}

/** How a resource is listed; each filter has the schema of one value of its query parameter. */
export interface Listing extends Omit<ListSpec, "prefix"> {
	readonly filters: Readonly<Record<string, Filter & { readonly schema: () => z.ZodType }>>;
}

export interface Resource<Row extends OwnedRow, Create, Update, Fact = null> extends Identity {
	readonly store: Store<Row>;
	readonly list: Listing;
	/** Fields, or fields together, that no two live rows of an organization may share. */
	readonly unique?: readonly (readonly (keyof Row & string)[])[];
	/** What the rules need besides the input, such as a default or a list of definitions. */
	readonly fact?: FactSource<Fact>;
	/** Links that no two live rows may share, with the path of their field in the body. */
	uniqueLinks?(row: Row, fact: Fact): readonly (Link & { readonly path: string })[];
	/** How rows become columns and links, if that depends on the fact. */
	mapping?(fact: Fact): Mapping<Row>;
	/** The link that an upsert matches a custom field's value by. Throws the AppError of an unknown field. */
	matchLink?(field: string, value: unknown, fact: Fact): Link;
	/** The links of a row's values of deleted custom fields: a query, and the function that reads its result. */
	hiddenLinks?(
		organizationId: string,
		id: string,
	): { readonly query: SQL; read(found: readonly RawRow[]): readonly Link[] };
	/** Resolves list parameters that depend on the fact (custom fields). Throws the AppError of an unknown one. */
	resolveListQuery?(
		query: ListQuery,
		fact: Fact,
	): { readonly query: ListQuery; readonly filters: ListSpec["filters"] };
	/** What `mapping` makes rows show, and the rest of what they show that is not in their columns, for lists, which the database makes. */
	shown?(organizationId: Operand): Shown;
	/** The rules: computes the row's fields from an input and the stored row; `at` is the instant of the request. Pure; throws the AppError of a broken rule. */
	fields(input: Create | Update, before: Row | null, fact: Fact, at: string): FieldsOf<Row>;
	/** Expectations of further quotas, after a row was created, restored or updated. */
	quotaExpectations?(before: Row | null, after: Row): readonly Statement[];
	/** Fields that must change when a row is restored, because what they referred to is gone. The fact is then asserted. */
	fieldsOnRestore?(row: Row, fact: Fact, at: string): Partial<FieldsOf<Row>>;
	/** The events of one write, in order; left out if the resource has none. */
	events?(ctx: Ctx, transition: Transition<NoInfer<Row>>): readonly Omit<EventDraft, "entityId">[];
}

/** Fields of a row that answers don't show: stored custom fields, sent events and counts. */
interface InternalFields {
	readonly custom?: unknown;
	readonly announced?: unknown;
	readonly posted?: unknown;
	readonly turnstileSecret?: unknown;
	readonly restampedTo?: unknown;
	/** The stored values of columns that the row shows with another value, derived from other rows that changed. */
	readonly outdated?: Readonly<Record<string, unknown>>;
	/** Identifies the stored values that are not shown. */
	readonly hidden?: string | undefined;
}

/** What JSON leaves out. To set a field to undefined takes a tenth of the time of a copy without it. */
const NOT_SHOWN: Readonly<Record<"organizationId" | keyof InternalFields, undefined>> = {
	organizationId: undefined,
	custom: undefined,
	announced: undefined,
	posted: undefined,
	turnstileSecret: undefined,
	restampedTo: undefined,
	outdated: undefined,
	hidden: undefined,
};

export const HIDDEN_FIELDS: ReadonlySet<string> = new Set(Object.keys(NOT_SHOWN));

/** A row as answers and event payloads show it: without its organization and internal fields. */
export function toWire<Row extends OwnedRow>(
	row: Row & InternalFields,
): Omit<Row, "organizationId" | keyof InternalFields> {
	return { ...row, ...NOT_SHOWN };
}

/** Distinguishes answers of one version that differ, by the shown values that differ from the columns and the hidden ones; usually null. */
export function variantOf(row: OwnedRow & InternalFields): string | null {
	const { outdated = {}, hidden } = row;
	const parts = [
		...Object.keys(outdated).map((field) => String(Reflect.get(row, field))),
		...(hidden === undefined ? [] : [hidden]),
	];
	return parts.length === 0 ? null : parts.join("_");
}

/** An input without its undefined fields, to be merged into a row. */
export function withoutUndefined<T extends object>(input: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
	return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as {
		[K in keyof T]?: Exclude<T[K], undefined>;
	};
}

/** The new value of a nested object: an input replaces the whole object, and fields it leaves out are unset; undefined keeps it. */
export function replaceObject<T extends object>(
	blank: T,
	next: { readonly [K in keyof T]?: T[K] | undefined } | null | undefined,
	stored: T | null,
): T | null {
	if (next === undefined) return stored;
	return next && { ...blank, ...withoutUndefined(next) };
}
