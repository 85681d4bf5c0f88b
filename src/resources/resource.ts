// What makes a resource: its words, its table, how it is listed, and its rules and events as functions. Everything that
// holds for all resources (tenancy, versions, references, events, paging) is written once, against this.

import type { z } from "@hono/zod-openapi";
import type { SQL } from "drizzle-orm";
import type { Ctx } from "../context.ts";
import type { RawRow } from "../db/client.ts";
import type { Internal } from "../db/columns.ts";
import type { Statement } from "../db/commit.ts";
import type { FactSource } from "../db/fact.ts";
import type { Link } from "../db/links.ts";
import type { Filter, ListQuery, ListSpec } from "../db/list-query.ts";
import type { OwnedRow } from "../db/owned-row.ts";
import type { Mapping, Store } from "../db/store.ts";
import type { Identity } from "../identities.ts";
import type { EventDraft } from "../outbox/record.ts";

/** What the rules decide: every field of the row that isn't the store's own. */
export type FieldsOf<Row extends OwnedRow> = Omit<Row, keyof OwnedRow | "number" | Internal>;

/** Field by field what an update did; `null` is unset. */
export type Changes = Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;

/** A write of one row: `before` is null for a create, `after` for a delete. */
export interface Transition<Row> {
	readonly before: Row | null;
	readonly after: Row | null;
	readonly changes: Changes;
}

/** How a resource is listed; each filter with the schema of one value, of which its query parameter is made. */
export interface Listing extends Omit<ListSpec, "prefix"> {
	readonly filters: Readonly<Record<string, Filter & { readonly schema: z.ZodType }>>;
}

export interface Resource<Row extends OwnedRow, Create, Update, Fact = null> extends Identity {
	readonly store: Store<Row>;
	readonly list: Listing;
	/** Fields, or fields together, that no two live rows of an organization may share. */
	readonly unique?: readonly (readonly (keyof Row & string)[])[];
	/** What the rules must know besides the input, if anything: a default, a list of definitions. */
	readonly fact?: FactSource<Fact>;
	/** Links that no two live rows may share, by the field they stand in on the wire. */
	uniqueLinks?(row: Row, fact: Fact): readonly (Link & { readonly path: string })[];
	/** How rows become columns and links, where that depends on the fact. */
	mapping?(fact: Fact): Mapping<Row>;
	/** The link that a custom field's value is found by, for upserts. Throws the AppError of an unknown field. */
	matching?(field: string, value: unknown, fact: Fact): Link;
	/** The links of values that a row keeps of custom fields which are deleted themselves: a query, and how to read its answer. */
	hiddenLinks?(
		organizationId: string,
		id: string,
	): { readonly query: SQL; read(found: readonly RawRow[]): readonly Link[] };
	/** List parameters that only the fact can explain, turned into what the table knows. Throws the AppError of an unknown one. */
	listing?(
		query: ListQuery,
		fact: Fact,
	): { readonly query: ListQuery; readonly filters: ListSpec["filters"] };
	/** The rules: an input laid over what is stored gives the row's fields, `at` this instant. Pure; throws the AppError of a broken rule. */
	fields(input: Create | Update, before: Row | null, fact: Fact, at: string): FieldsOf<Row>;
	/** Quotas besides that on its rows, which a row that came to be, came back or grew must leave unbroken: expectations after the write. */
	bounds?(before: Row | null, after: Row): readonly Statement[];
	/** What must be another when a deleted row comes back, because what it was is no longer there. Its fact is then asserted. */
	restored?(row: Row, fact: Fact, at: string): Partial<FieldsOf<Row>>;
	/** The events of one write, in order; left out where it has none. */
	events?(ctx: Ctx, transition: Transition<NoInfer<Row>>): readonly Omit<EventDraft, "entityId">[];
}

/** What a row keeps for itself: how its custom fields are kept, and which of its events were sent, what it counts. */
interface Kept {
	readonly custom?: unknown;
	readonly announced?: unknown;
	readonly posted?: unknown;
	readonly restampedTo?: unknown;
	/** Columns that the row shows otherwise by now, as they stand there: they follow something else without being written. */
	readonly outdated?: Readonly<Record<string, unknown>>;
	/** Which of the values that it keeps it doesn't show. */
	readonly hidden?: string | undefined;
}

/** A row as answers and payloads show it: everything but whose it is and what it keeps for itself. */
export function present<Row extends OwnedRow>(row: Row & Kept): Omit<Row, "organizationId" | keyof Kept> {
	const {
		organizationId: _,
		custom: __,
		announced: ___,
		posted: ____,
		restampedTo: _____,
		outdated: ______,
		hidden: _______,
		...shown
	} = row;
	return shown;
}

/** What tells a row from others at the same version: what it shows otherwise than its columns, and what it hides; null mostly. */
export function variantOf(row: OwnedRow & Kept): string | null {
	const { outdated = {}, hidden } = row;
	const values = new Map<string, unknown>(Object.entries(row));
	const parts = [
		...Object.keys(outdated).map((field) => String(values.get(field))),
		...(hidden === undefined ? [] : [hidden]),
	];
	return parts.length === 0 ? null : parts.join("_");
}

/** An input without the fields it doesn't name, ready to be laid over a row. */
export function given<T extends object>(input: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
	return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as {
		[K in keyof T]?: Exclude<T[K], undefined>;
	};
}

/** An object inside a row is written whole: what the new one leaves out is unset, and one that isn't named stays. */
export function whole<T extends object>(
	blank: T,
	next: { readonly [K in keyof T]?: T[K] | undefined } | null | undefined,
	stored: T | null,
): T | null {
	if (next === undefined) return stored;
	return next && { ...blank, ...given(next) };
}
