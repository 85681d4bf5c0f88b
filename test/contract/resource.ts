// What the contract tests must know about a resource, and values shared by several resources.

import type { Identity, Path } from "../../src/identities.ts";

/** A value of a field, or the part of a body that produces it. */
type Value = string | number | boolean | null | Readonly<Record<string, unknown>>;

/** The target of a reference. */
export interface Target {
	/** The path of the resource whose ids it takes. */
	readonly to: string;
	/** Whether the field is a list of ids. */
	readonly many?: boolean;
	/** If only one kind of row is allowed: its noun in messages, and bodies of this kind and of another. */
	readonly kind?: { readonly noun: string; readonly body: object; readonly other: object };
	/** Other fields that a body needs beside the id. */
	readonly otherFields?: Readonly<Record<string, unknown>>;
	/** The target may be deleted, and the reference is kept. */
	readonly mayBeDeleted?: boolean;
}

/** The properties that differ between resources. */
export interface Entry {
	/** Its path; `src/identities.ts` has its other names. */
	readonly path: Path;
	/** Writable fields, each with two valid values: for create and for update. The first field is free text. */
	readonly fields: Readonly<Record<string, readonly [unknown, unknown]>>;
	/** Further fields of create that PATCH refuses. */
	readonly createOnly?: Readonly<Record<string, unknown>>;
	/** Required references, each with the path of its resource. */
	readonly requiredReferences?: Readonly<Record<string, string>>;
	/** Paths of resources that must have a row first. */
	readonly prerequisites?: readonly string[];
	readonly required: readonly string[];
	/** Fields that `null` clears. */
	readonly clearable?: readonly string[];
	/** Fields with unique values. */
	readonly unique?: (n: number) => Readonly<Record<string, unknown>>;
	/** Fields that no body may set. */
	readonly readOnly?: readonly string[];
	/** Fields that change automatically with a written one. */
	readonly sideEffects?: Readonly<Record<string, readonly string[]>>;
	/** Lists whose items get new ids unless their ids are sent. */
	readonly newItemIds?: readonly string[];
	/** Fields that only the answer to create shows. */
	readonly shownOnce?: readonly string[];
	/** Fields that hold ids; `lineItems.productId` is the productId of each line. */
	readonly references?: Readonly<Record<string, Target | readonly Target[]>>;
	/** Values for sorts, with ties, and `null` if the field may be unset. Empty if the server sets the value. */
	readonly sorts?: Readonly<Record<string, readonly Value[]>>;
	/** Filters by own fields, with two values each. */
	readonly filters?: Readonly<Record<string, readonly [unknown, unknown]>>;
	/** Date fields with range parameters: from this day, and before this day. */
	readonly ranges?: Readonly<Record<string, readonly [from: string, before: string]>>;
	/** Fields and filters that are tested in the resource's own tests. */
	readonly testedElsewhere?: readonly string[];
	/** A list without sorts and filters: a feed in the order of creation, or no list. */
	readonly list?: "feed" | "none";
	/** Whether there is one per organization, at the resource's path. */
	readonly single?: boolean;
	/** Whether rows are revoked instead of deleted, and can't be restored. */
	readonly revoked?: boolean;
	/** Whether it has counters that change without a new version, so that GET never answers 304. */
	readonly hasCounters?: boolean;
	/** Whether create must read data that can't be remembered. */
	readonly readsOnCreate?: boolean;
}

export interface Resource extends Omit<Entry, "list">, Pick<Identity, "prefix" | "noun"> {
	readonly list: "sorted" | "feed" | "none";
}

export const name: Resource["fields"] = { name: ["First name", "Second name"] };
export const names = ["b", "A", "a", "c", "B"];
export const days = ["2026-02-03", "2026-02-01", "2026-02-02", "2026-02-01"];
export const company = { noun: "company", body: { type: "company" }, other: { type: "contact" } };
export const contact = { noun: "contact", body: { type: "contact" }, other: { type: "company" } };
const line = { name: "Consulting", quantity: 2, price: 10, taxPercent: 10 };
const otherLine = {
	name: "Travel",
	quantity: 1.5,
	price: 7.77,
	discount: 10,
	discountType: "percentage",
};
export const lines = {
	lineItems: [[line], [otherLine, line]],
	currency: ["EUR", "USD"],
	isInclusiveTax: [false, true],
} as const;
export const totals = ["subtotal", "discountTotal", "taxTotal", "total"];
/** Line items with the given total. */
export const linesWithTotal = (total: number) => ({ lineItems: [{ name: "x", quantity: 1, price: total }] });
export const totalsToSort = [5, 3, 10, 5, 0.5].map(linesWithTotal);
export const user = { to: "users" } satisfies Target;
export const users = { to: "users", many: true } satisfies Target;
export const tags = { to: "tags", many: true } satisfies Target;
export const product = { to: "products", mayBeDeleted: true } satisfies Target;
