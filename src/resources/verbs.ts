// The verbs every resource has: get and list as reads; create, update, delete, restore and upsert as planned writes.
// A plan takes at most one round trip to read what it needs, and the batch then holds the world to it.
import { type SQL, sql } from "drizzle-orm";
import type { Ctx } from "../context.ts";
import { batch, type RawRow } from "../db/client.ts";
import { expect, LostRace, type Write } from "../db/commit.ts";
import { type ListQuery, listStatements, type Position } from "../db/list.ts";
import { checkReferences, holders } from "../db/references.ts";
import type { OwnedRow } from "../db/store.ts";
import { AppError, badRequest, conflict, type FieldError, notFound } from "../errors.ts";
import { planner } from "./plan.ts";
import type { Resource } from "./resource.ts";

/** Decides whether a row's version is one the caller will change; from If-Match. */
export type Condition = (version: number) => boolean;

export interface Verbs<Row extends OwnedRow, Create, Update> {
	get(ctx: Ctx, id: string, includeDeleted: boolean): Promise<Row>;
	list(ctx: Ctx, query: ListQuery): Promise<{ rows: Row[]; next: Position | null }>;
	/**
	 * `again` says that a first plan was refused: this one reads instead of trusting what it remembers.
	 * `id` is given where something must be bound to it beforehand.
	 */
	create(ctx: Ctx, input: Create, again: boolean, id?: string): Promise<Write<Row>>;
	/** One result per input, in order: the row it becomes, or why it cannot. The good ones are written together. */
	createMany(
		ctx: Ctx,
		inputs: readonly Create[],
		again: boolean,
		ids?: readonly string[],
	): Promise<Write<(Row | AppError)[]>>;
	update(ctx: Ctx, id: string, input: Update, condition: Condition | null): Promise<Write<Row>>;
	remove(ctx: Ctx, id: string, condition: Condition | null): Promise<Write<Row>>;
	restore(ctx: Ctx, id: string): Promise<Write<Row>>;
	/** Creates, or updates the one live row whose `field` is `value`; tells which. */
	upsert(
		ctx: Ctx,
		field: string,
		value: string,
		input: Create,
	): Promise<Write<{ row: Row; created: boolean }>>;
}

/** How many organizations' facts an isolate remembers per resource. */
const MEMORY_SIZE = 1_000;

/** The verbs of one resource. */
export function verbs<Row extends OwnedRow, Create extends object, Update extends object>(
	resource: Resource<Row, Create, Update>,
): Verbs<Row, Create, Update> {
	const { store, noun, list } = resource;
	const { table } = store;
	const plan = planner(resource);
	// Never trusted alone: each batch asserts the fact it was planned with, so a stale one only costs a second plan.
	const remembered = new Map<string, unknown>();

	const factQueries = (organizationId: string): SQL[] => {
		const fact = resource.fact(organizationId);
		return fact ? [sql`SELECT ${fact} AS "fact"`] : [];
	};

	/** Reads, in one round trip: the queries given, the ids that inputs refer to, and the rules' fact. */
	const look = async (ctx: Ctx, inputs: readonly object[], queries: readonly SQL[]) => {
		const { organizationId } = ctx.caller;
		const references = checkReferences(organizationId, table, inputs);
		const facts = factQueries(organizationId);
		const answers = await batch(ctx.env.DB, [...queries, ...references.queries, ...facts]);
		const fact = facts.length > 0 ? answers.at(-1)?.[0]?.fact : null;
		if (remembered.size >= MEMORY_SIZE) remembered.clear();
		remembered.set(organizationId, fact);
		const checked = answers.slice(queries.length, queries.length + references.queries.length);
		return { found: answers.slice(0, queries.length), errors: references.errors(checked.flat()), fact };
	};

	const byId = (ctx: Ctx, id: string, includeDeleted: boolean) =>
		store.byId(ctx.caller.organizationId, id, includeDeleted);

	const decoded = (rows: readonly RawRow[] | undefined): Row => {
		const raw = rows?.[0];
		if (!raw) throw notFound(noun);
		return store.decode(raw);
	};

	const self: Verbs<Row, Create, Update> = {
		async get(ctx, id, includeDeleted) {
			const [rows] = await batch(ctx.env.DB, [byId(ctx, id, includeDeleted)]);
			return decoded(rows);
		},

		async list(ctx, query) {
			const answers = await batch(ctx.env.DB, listStatements(store, list, ctx.caller.organizationId, query));
			const raw = answers.flat();
			const page = raw.slice(0, query.limit);
			const last = page.at(-1);
			const next = raw.length > query.limit && last ? positionOf(last, query.orderBy) : null;
			return { rows: page.map(store.decode), next };
		},

		async create(ctx, input, again, id) {
			const { value, statements } = await self.createMany(ctx, [input], again, id === undefined ? [] : [id]);
			const [only] = value;
			if (!only) throw new Error("createMany gave no result");
			if (only instanceof AppError) throw only;
			return { value: only, statements, numbers: plan.numbers };
		},

		async createMany(ctx, inputs, again, ids = []) {
			const { organizationId } = ctx.caller;
			const needsFact = resource.fact(organizationId) !== null;
			const { errors, fact } =
				again || (needsFact && !remembered.has(organizationId))
					? await look(ctx, inputs, [])
					: { errors: [], fact: remembered.get(organizationId) };
			const value = inputs.map((input, index) =>
				outcome(() => {
					refuse(errors[index]);
					return plan.draft(ctx, input, fact, ids[index]);
				}),
			);
			const rows = value.filter((row): row is Row => !(row instanceof AppError));
			return { value, statements: rows.length > 0 ? plan.inserts(ctx, rows, fact) : [] };
		},

		async update(ctx, id, input, condition) {
			const { found, errors, fact } = await look(ctx, [input], [byId(ctx, id, false)]);
			const row = decoded(found[0]);
			require(row, condition);
			refuse(errors[0]);
			return plan.updates(ctx, row, plan.overlay(ctx, row, input, fact), fact, condition ? stale : undefined);
		},

		async remove(ctx, id, condition) {
			const held = holders(table, { organizationId: ctx.caller.organizationId, id });
			const [rows, holding] = await batch(ctx.env.DB, [byId(ctx, id, false), ...(held ? [held] : [])]);
			const row = decoded(rows);
			require(row, condition);
			const holder = holding?.[0];
			if (holder) throw conflict(`This ${noun} is in use: ${holder.id} holds it as ${holder.field}.`);
			return plan.removal(ctx, row, held, condition ? stale : undefined);
		},

		async restore(ctx, id) {
			const [rows] = await batch(ctx.env.DB, [byId(ctx, id, true)]);
			const row = decoded(rows);
			if (row.deletedAt === null) throw conflict(`This ${noun} is not deleted.`);
			const [gone] = (await look(ctx, [row], [])).errors[0] ?? [];
			if (gone) throw conflict(`What this ${noun} refers to is gone (${gone.path}).`, gone);
			return plan.restoration(ctx, row);
		},

		async upsert(ctx, field, value, input) {
			const matching = sql`SELECT * FROM ${table} WHERE ${table.organizationId} = ${ctx.caller.organizationId}
				AND ${sql.identifier(field)} = ${value} AND ${table.deletedAt} IS NULL`;
			const { found, errors, fact } = await look(
				ctx,
				[input],
				[sql`${matching} ORDER BY ${table.id} LIMIT 10`],
			);
			refuse(errors[0]);
			const matches = (found[0] ?? []).map(store.decode);
			if (matches.length > 1) {
				const ids = matches.map(({ id }) => id).join(", ");
				throw conflict(`Several match by ${field}: ${ids}.`, {
					path: field,
					message: "Matches more than one.",
				});
			}
			const still = expect(
				sql`(SELECT count(*) FROM (${matching} LIMIT 2)) = ${matches.length}`,
				() => new LostRace(),
			);
			const [match] = matches;
			if (match) {
				const { value: row, statements } = plan.updates(
					ctx,
					match,
					plan.overlay(ctx, match, input, fact),
					fact,
				);
				return {
					value: { row, created: false },
					statements: statements.length > 0 ? [still, ...statements] : [],
				};
			}
			const row = plan.draft(ctx, input, fact);
			return {
				value: { row, created: true },
				statements: [still, ...plan.inserts(ctx, [row], fact)],
				numbers: plan.numbers,
			};
		},
	};
	return self;
}

function positionOf(raw: RawRow, orderBy: string): Position {
	const value = orderBy === "createdAt" ? null : raw[orderBy];
	return { value: typeof value === "number" || typeof value === "string" ? value : null, id: String(raw.id) };
}

function refuse(errors: readonly FieldError[] | undefined): void {
	const [first, ...rest] = errors ?? [];
	if (first) throw badRequest(first, ...rest);
}

function outcome<T>(make: () => T): T | AppError {
	try {
		return make();
	} catch (error) {
		if (error instanceof AppError) return error;
		throw error;
	}
}

const stale = () =>
	new AppError("PRECONDITION_FAILED", "The resource has changed since the version that If-Match names.");

function require(row: OwnedRow, condition: Condition | null): void {
	if (condition && !condition(row.version)) throw stale();
}
