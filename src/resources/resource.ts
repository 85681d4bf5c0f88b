// What makes a resource: its words, its table, how it is listed, and its rules as two pure functions. Everything that
// holds for all resources (tenancy, versions, references, events, paging) is written once, against this.
import type { SQL } from "drizzle-orm";
import type { Ctx } from "../context.ts";
import type { ListSpec } from "../db/list.ts";
import type { OwnedRow, Store } from "../db/store.ts";
import type { EventDraft } from "../events/record.ts";

/** What the rules decide: every field of the row that isn't the store's own. */
export type FieldsOf<Row extends OwnedRow> = Omit<Row, keyof OwnedRow | "number">;

/** Field by field what an update did; `null` is unset. */
export type Changes = Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;

/** A write of one row: `before` is null for a create, `after` for a delete. */
export interface Transition<Row> {
	readonly before: Row | null;
	readonly after: Row | null;
	readonly changes: Changes;
}

export interface Resource<Row extends OwnedRow, Create, Update> {
	/** One of them in words, e.g. "lead stage". */
	readonly noun: string;
	readonly store: Store<Row>;
	readonly list: ListSpec;
	/** Fields that no two live rows of an organization may share. */
	readonly unique: readonly (keyof Row & string)[];
	/** One scalar that the rules must know besides the input (a default, a list as JSON), as a subquery; null for none. */
	fact(organizationId: string): SQL | null;
	/** The rules: an input laid over what is stored gives the row's fields. Pure; throws the AppError of a broken rule. */
	fields(input: Create | Update, before: Row | null, fact: unknown): FieldsOf<Row>;
	/** The events of one write, in order. */
	events(ctx: Ctx, transition: Transition<Row>): readonly Omit<EventDraft, "entityId" | "number">[];
}

/** A row as answers and payloads show it: everything but whose it is. */
export function present<Row extends OwnedRow>(row: Row): Omit<Row, "organizationId"> {
	const { organizationId: _, ...shown } = row;
	return shown;
}

/** An input without the fields it doesn't name, ready to be laid over a row. */
export function given<T extends object>(input: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
	return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as {
		[K in keyof T]?: Exclude<T[K], undefined>;
	};
}
