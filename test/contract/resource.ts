// What the contract must know of a resource, and the values that several of them are tried with.

import type { Identity, Path } from "../../src/identities.ts";

/** A value of a field, or, where a value alone can't be written, the part of a body that brings it about. */
type Value = string | number | boolean | null | Readonly<Record<string, unknown>>;

/** What a field points at. */
export interface Target {
	/** The path of the resource whose ids it takes. */
	readonly to: string;
	/** Whether it is a list of them. */
	readonly many?: boolean;
	/** The kind it takes where not every row will do: what a message calls it, and bodies of that kind and of another. */
	readonly only?: { readonly noun: string; readonly body: object; readonly other: object };
	/** What a body says beside the id. */
	readonly beside?: Readonly<Record<string, unknown>>;
	/** It may go on naming what was deleted since, so it keeps nothing from being deleted. */
	readonly loose?: boolean;
}

/** What differs between resources. */
export interface Entry {
	/** Its path, by which `src/identities.ts` knows what else it is called. */
	readonly path: Path;
	/** Each field a caller may change, with two valid values: to create with, and to change to. The first is a free text. */
	readonly fields: Readonly<Record<string, readonly [unknown, unknown]>>;
	/** What a create takes besides, and a PATCH refuses. */
	readonly fixed?: Readonly<Record<string, unknown>>;
	/** References that every body must hold, by the path of the resource. */
	readonly needs?: Readonly<Record<string, string>>;
	/** Paths of resources of which there must be one before there can be one of these. */
	readonly after?: readonly string[];
	readonly required: readonly string[];
	/** Fields that `null` clears. */
	readonly clearable?: readonly string[];
	/** Fields that must differ from row to row. */
	readonly unique?: (n: number) => Readonly<Record<string, unknown>>;
	/** Fields of the row that no body may set. */
	readonly readOnly?: readonly string[];
	/** Fields that change of themselves with one that is written. */
	readonly moves?: Readonly<Record<string, readonly string[]>>;
	/** Lists whose items get new ids unless they are written with theirs. */
	readonly renews?: readonly string[];
	/** What only the answer to the create shows. */
	readonly shownOnce?: readonly string[];
	/** Fields that hold ids; `lineItems.productId` is the productId of each line. */
	readonly references?: Readonly<Record<string, Target | readonly Target[]>>;
	/** Values to sort by, ties among them; `null` where a row may be without. None where they come of themselves. */
	readonly sorts?: Readonly<Record<string, readonly Value[]>>;
	/** Filters on fields of its own, with two values each. */
	readonly filters?: Readonly<Record<string, readonly [unknown, unknown]>>;
	/** Days its list is bounded by, with the parameters that do it: this day or later, and before this day. */
	readonly ranges?: Readonly<Record<string, readonly [from: string, before: string]>>;
	/** Fields and filters whose values can't be named here: the resource's own tests have them. */
	readonly elsewhere?: readonly string[];
	/** How its list is read where it has no sorts and filters: as a feed in the order of creation, or not at all. */
	readonly list?: "feed" | "none";
	/** There is one per organization, at its path. */
	readonly single?: boolean;
	/** Deleted for good, and said so in other words. */
	readonly revoked?: boolean;
	/** Shows counters that move without a new version, so that a GET never answers 304. */
	readonly counts?: boolean;
	/** A create must read what can't be remembered. */
	readonly looksFirst?: boolean;
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
/** Lines that come to a total, to sort by. */
export const worth = (total: number) => ({ lineItems: [{ name: "x", quantity: 1, price: total }] });
export const totalsToSort = [5, 3, 10, 5, 0.5].map(worth);
export const user = { to: "users" };
export const users = { to: "users", many: true };
export const tags = { to: "tags", many: true };
export const product = { to: "products", loose: true };
