// The verbs every resource has: get and list as reads; create, update, delete, restore and upsert as planned writes.
// A plan takes at most one round trip to read what it needs, and the batch then holds the world to it.
import { type SQL, sql } from "drizzle-orm";
import type { Ctx } from "../context.ts";
import { batch, type RawRow } from "../db/client.ts";
import type { Write } from "../db/commit.ts";
import type { ListQuery } from "../db/list.ts";
import { holders, needed, unlessKept } from "../db/references.ts";
import type { OwnedRow } from "../db/store.ts";
import { AppError, conflict, type FieldError, outcome, refuse } from "../errors.ts";
import { overQuota, roomIn } from "../quotas/expectations.ts";
import { recordsOf } from "../quotas/quotas.ts";
import { holding, inUse } from "./holding.ts";
import { checkKind } from "./kind.ts";
import { lister, type Page } from "./listing.ts";
import { planner } from "./plan.ts";
import { reader } from "./reader.ts";
import type { Resource } from "./resource.ts";
import { repeats, taken } from "./unique.ts";
import { type Upserted, upserter } from "./upserting.ts";

/** Decides whether a row's version is one the caller will change; from If-Match. */
export type Condition = (version: number) => boolean;

/** A planned write, with the fact it was planned on and the rows of what else was read for it. */
export interface Planned<T> extends Write<T> {
	readonly fact?: unknown;
	readonly besides?: readonly RawRow[][];
}

export interface Verbs<Row extends OwnedRow, Create, Update> {
	get(ctx: Ctx, id: string, includeDeleted: boolean): Promise<Row>;
	list(ctx: Ctx, query: ListQuery): Promise<Page<Row>>;
	/**
	 * `again` says that a first plan was refused: this one reads instead of trusting what it remembers.
	 * `id` is given where something must be bound to it beforehand.
	 */
	create(
		ctx: Ctx,
		input: Create,
		again: boolean,
		id?: string,
		besides?: readonly SQL[],
	): Promise<Planned<Row>>;
	/**
	 * One result per input, in order: the row it becomes, or why it cannot. The good ones are written together.
	 * Queries in `besides` share the round trip; their rows come back too.
	 */
	createMany(
		ctx: Ctx,
		inputs: readonly Create[],
		again: boolean,
		ids?: readonly string[],
		besides?: readonly SQL[],
	): Promise<Planned<(Row | AppError)[]>>;
	update(
		ctx: Ctx,
		id: string,
		input: Update,
		condition: Condition | null,
		besides?: readonly SQL[],
	): Promise<Planned<Row> & { readonly before: Row }>;
	remove(ctx: Ctx, id: string, condition: Condition | null): Promise<Write<Row>>;
	/** An update whose input is made of the row it changes; what it refers to is only asserted. */
	change(
		ctx: Ctx,
		id: string,
		make: (row: Row) => Update | Promise<Update>,
		condition: Condition | null,
	): Promise<Write<Row> & { readonly before: Row }>;
	restore(ctx: Ctx, id: string, condition: Condition | null, again: boolean): Promise<Write<Row>>;
	/** Creates, or updates the one live row whose `field` is `value`; tells which. */
	upsert(ctx: Ctx, field: string, value: unknown, input: Create): Promise<Write<Upserted<Row>>>;
}

/** The verbs of one resource. */
export function verbs<Row extends OwnedRow, Create extends object, Update extends object>(
	resource: Resource<Row, Create, Update>,
): Verbs<Row, Create, Update> {
	const { noun } = resource;
	const { table } = resource.store;
	const plan = planner(resource);
	const read = reader(resource);

	/** Rows whose unique values are taken, by stored rows or by one before them among these. */
	const clashing = async (ctx: Ctx, rows: readonly Row[], fact: unknown) =>
		new Map([...repeats(resource, rows, fact), ...(await taken(ctx, resource, rows, fact))]);

	const roomNow = async (ctx: Ctx): Promise<number> => {
		const [rows] = await batch(ctx.env.DB, [
			sql`SELECT ${roomIn(table, ctx.caller.organizationId)} AS "room"`,
		]);
		return Number(rows?.[0]?.room);
	};

	const self: Verbs<Row, Create, Update> = {
		async get(ctx, id, includeDeleted) {
			const { found, fact } = await read.lookUp(ctx, [read.byId(ctx, id, includeDeleted)]);
			return read.one(found[0], fact);
		},

		list: lister(resource, read),

		async create(ctx, input, again, id, besides) {
			const write = await self.createMany(ctx, [input], again, id === undefined ? [] : [id], besides);
			const [only] = write.value;
			if (!only) throw new Error("createMany gave no result");
			if (only instanceof AppError) throw only;
			return { ...write, value: only, slots: plan.slots(only) };
		},

		async createMany(ctx, inputs, again, ids = [], besides = []) {
			const { organizationId } = ctx.caller;
			const draftAll = ({ errors, fact }: { errors: readonly FieldError[][]; fact: unknown }) =>
				inputs.map((input, index) =>
					outcome(() => {
						refuse(errors[index]);
						return plan.draft(ctx, input, fact, ids[index]);
					}),
				);
			const remembers = resource.fact(organizationId) === null || read.remembered.has(organizationId);
			const trusting = !again && besides.length === 0 && remembers;
			let known = trusting
				? { errors: [], fact: read.remembered.get(organizationId), found: [] }
				: await read.look(ctx, inputs, besides);
			let drafts = draftAll(known);
			// An input is refused by what is so now, never by what is only remembered.
			if (trusting && drafts.some((draft) => draft instanceof AppError)) {
				known = await read.look(ctx, inputs, besides);
				drafts = draftAll(known);
			}
			const { fact, found } = known;
			const isRow = (draft: Row | AppError): draft is Row => !(draft instanceof AppError);
			const clashes = again ? await clashing(ctx, drafts.filter(isRow), fact) : new Map<string, string>();
			let room = again && inputs.length > 1 ? await roomNow(ctx) : inputs.length;
			const value = drafts.map((draft) => {
				if (!isRow(draft)) return draft;
				const path = clashes.get(draft.id);
				if (path !== undefined) return plan.clash(path);
				room -= 1;
				return room < 0 ? overQuota(recordsOf(table)) : draft;
			});
			const rows = value.filter(isRow);
			const statements = rows.length > 0 ? plan.inserts(ctx, rows, fact) : [];
			return { value, statements, fact, besides: found };
		},

		async update(ctx, id, input, condition, besides = []) {
			const kind = checkKind(ctx.caller, resource, id, input);
			const queries = [read.byId(ctx, id, false), ...kind.queries, ...besides];
			const { found, errors, fact } = await read.look(ctx, [input], queries);
			const [rows, ...others] = found;
			const row = read.one(rows, fact);
			requireVersion(row, condition);
			refuse(unlessKept(table, errors[0] ?? [], input, row));
			const after = plan.overlay(ctx, row, input, fact);
			kind.refuse(others, row, after);
			return {
				...plan.updates(ctx, row, after, fact, condition ? stale : undefined),
				before: row,
				fact,
				besides: others.slice(kind.queries.length),
			};
		},

		async remove(ctx, id, condition) {
			const held = holders(table, { organizationId: ctx.caller.organizationId, id });
			const { found, fact } = await read.look(ctx, [], [read.byId(ctx, id, false), ...(held ? [held] : [])]);
			const row = read.one(found[0], fact);
			requireVersion(row, condition);
			const holder = found[1]?.[0];
			if (holder) throw conflict(inUse(noun, holding(ctx.caller, holder)));
			return plan.removal(ctx, row, held, fact, condition ? stale : undefined);
		},

		async change(ctx, id, make, condition) {
			const { found, fact } = await read.look(ctx, [], [read.byId(ctx, id, false)]);
			const row = read.one(found[0], fact);
			requireVersion(row, condition);
			const after = plan.overlay(ctx, row, await make(row), fact);
			return { ...plan.updates(ctx, row, after, fact, condition ? stale : undefined), before: row };
		},

		async restore(ctx, id, condition, again) {
			const hidden = resource.hiddenLinks?.query(ctx.caller.organizationId, id);
			const queries = [read.byId(ctx, id, true), ...(hidden ? [hidden] : [])];
			const { found, fact } = await read.look(ctx, [], queries);
			const row = read.one(found[0], fact);
			requireVersion(row, condition);
			if (row.deletedAt === null) throw conflict(`This ${noun} is not deleted.`);
			const [gone] = again ? ((await read.look(ctx, [needed(table, row)], [])).errors[0] ?? []) : [];
			if (gone) throw conflict(`What this ${noun} refers to is gone (${gone.path}).`, gone);
			return plan.restoration(ctx, row, fact, resource.hiddenLinks?.of(found[1] ?? []));
		},

		upsert: upserter(resource, read, plan),
	};
	return self;
}

/** 412: the row is no longer the one that If-Match names. */
export const stale = () =>
	new AppError("PRECONDITION_FAILED", "The resource has changed since the version that If-Match names.");

/** @throws AppError 412 for a row at another version than the caller will change */
export function requireVersion(
	{ version }: { readonly version?: unknown },
	condition: Condition | null,
): void {
	if (condition && !condition(Number(version))) throw stale();
}
