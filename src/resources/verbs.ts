// The verbs every resource has: create, update, delete and restore as planned writes, get and list as reads. Each plan
// takes one round trip to read all it needs; the batch then holds the world to what was read.
import { sql } from "drizzle-orm";
import type { Ctx } from "../context.ts";
import { batch, type RawRow } from "../db/client.ts";
import { expect, LostRace, type Statement, type Write } from "../db/commit.ts";
import { type ListQuery, listStatements, type Position } from "../db/list.ts";
import { checkReferences, expectReferences, holders } from "../db/references.ts";
import type { OwnedRow } from "../db/store.ts";
import { AppError, badRequest, conflict, type FieldError, notFound } from "../errors.ts";
import { record } from "../events/record.ts";
import { newId } from "../ids.ts";
import type { Changes, Resource, Transition } from "./resource.ts";

/** Decides whether a row's version is one the caller will change; from If-Match. */
export type Condition = (version: number) => boolean;

export interface Verbs<Row extends OwnedRow, Create, Update> {
	get(ctx: Ctx, id: string, includeDeleted: boolean): Promise<Row>;
	list(ctx: Ctx, query: ListQuery): Promise<{ rows: Row[]; next: Position | null }>;
	/** `id` is given where something must be bound to it beforehand. */
	create(ctx: Ctx, input: Create, id?: string): Promise<Write<Row>>;
	/** One result per input, in order: the row it becomes, or why it cannot. The good ones are written together. */
	createMany(
		ctx: Ctx,
		inputs: readonly Create[],
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

const OWNED = new Set(["organizationId", "id", "version", "createdAt", "updatedAt", "deletedAt", "number"]);

/** The verbs of one resource. */
export function verbs<Row extends OwnedRow, Create extends object, Update extends object>(
	resource: Resource<Row, Create, Update>,
): Verbs<Row, Create, Update> {
	const { store, noun, list } = resource;
	const { table } = store;

	const read = async (
		ctx: Ctx,
		id: string,
		includeDeleted: boolean,
		more: Parameters<typeof batch>[1] = [],
	) => {
		const [found, ...rest] = await batch(ctx.env.DB, [
			store.byId(ctx.caller.organizationId, id, includeDeleted),
			...more,
		]);
		const raw = found?.[0];
		if (!raw) throw notFound(noun);
		return { row: store.decode(raw), rest };
	};

	/** Events of a transition, and where a created row's number comes from. */
	const announce = (ctx: Ctx, transition: Transition<Row>, fromLast?: number) =>
		resource.events(ctx, transition).map((event) => ({
			...event,
			entityId: (transition.after ?? transition.before)?.id ?? "",
			...(fromLast === undefined ? {} : { number: { counter: store.name, fromLast } }),
		}));

	/** Values that must not be taken, asserted inside the batch. */
	const expectUnique = (row: Row): Statement[] =>
		resource.unique
			.filter((field) => row[field] !== null)
			.map((field) =>
				expect(
					sql`NOT EXISTS (SELECT 1 FROM ${table} WHERE ${table.organizationId} = ${row.organizationId} AND ${sql.identifier(field)} = ${row[field]}
						AND ${table.id} <> ${row.id} AND ${table.deletedAt} IS NULL)`,
					() => conflict(`Another ${noun} has this ${field}.`, { path: field, message: "Already taken." }),
				),
			);

	const draft = (
		ctx: Ctx,
		input: Create,
		facts: readonly RawRow[][],
		id = newId(list.prefix, ctx.now),
	): Row => {
		const at = new Date(ctx.now).toISOString();
		const owned: OwnedRow = {
			organizationId: ctx.caller.organizationId,
			id,
			version: 1,
			createdAt: at,
			updatedAt: at,
			deletedAt: null,
		};
		return {
			...owned,
			...(numbered ? { number: 0 } : {}),
			...resource.fields(input, null, facts),
		} as unknown as Row;
	};
	const numbered = "number" in table;

	/** What inserts rows that passed every check, with their events. */
	const inserts = (ctx: Ctx, rows: readonly Row[]): Statement[] => [
		...rows.flatMap(expectUnique),
		...store.insert(rows),
		...expectReferences(ctx.caller.organizationId, table, rows),
		...record(
			ctx,
			rows.flatMap((row, index) =>
				announce(
					ctx,
					{ before: null, after: row, changes: {} },
					numbered ? rows.length - 1 - index : undefined,
				),
			),
		),
	];

	/** What turns one row into another, with its events; nothing when nothing differs. */
	const updates = (ctx: Ctx, before: Row, after: Row, lost?: () => Error): Write<Row> => {
		const changes = changesBetween(before, after);
		if (Object.keys(changes).length === 0) return { value: before, statements: [] };
		const changed = pick(after, Object.keys(changes));
		return {
			value: after,
			statements: [
				...expectUnique(after),
				...store.update(before, changed, after.updatedAt, lost),
				...expectReferences(ctx.caller.organizationId, table, [changed]),
				...record(ctx, announce(ctx, { before, after, changes })),
			],
		};
	};

	const next = (ctx: Ctx, before: Row, fields: Partial<Row>): Row => ({
		...before,
		...fields,
		version: before.version + 1,
		updatedAt: new Date(Math.max(ctx.now, Date.parse(before.updatedAt))).toISOString(),
	});

	/** Lays an input over a stored row; the errors of ids that are not there come back first. */
	const overlay = (ctx: Ctx, before: Row, input: Create | Update, facts: readonly RawRow[][]): Row =>
		next(ctx, before, resource.fields(input, before, facts) as unknown as Partial<Row>);

	const self: Verbs<Row, Create, Update> = {
		get: async (ctx, id, includeDeleted) => (await read(ctx, id, includeDeleted)).row,

		async list(ctx, query) {
			const answers = await batch(ctx.env.DB, listStatements(store, list, ctx.caller.organizationId, query));
			const raw = answers.flat();
			const page = raw.slice(0, query.limit);
			const last = page.at(-1);
			return {
				rows: page.map(store.decode),
				next: raw.length > query.limit && last ? positionOf(last, query.orderBy) : null,
			};
		},

		async create(ctx, input, id) {
			const { value, statements } = await self.createMany(ctx, [input], id === undefined ? [] : [id]);
			const [only] = value;
			if (!only) throw new Error("createMany gave no result");
			if (only instanceof AppError) throw only;
			return {
				value: only,
				statements,
				...(numbered ? { numbers: [{ path: "number", counter: store.name, fromLast: 0 }] } : {}),
			};
		},

		async createMany(ctx, inputs, ids = []) {
			const { organizationId } = ctx.caller;
			const references = checkReferences(organizationId, table, inputs);
			const [answers, facts] = split(
				await batch(ctx.env.DB, [...references.queries, ...resource.facts(organizationId)]),
				references.queries.length,
			);
			const errors = references.errors(answers.flat());
			const value = inputs.map((input, index) =>
				outcome(() => {
					refuse(errors[index] ?? []);
					return draft(ctx, input, facts, ids[index]);
				}),
			);
			const rows = value.filter((row): row is Row => !(row instanceof AppError));
			return { value, statements: rows.length > 0 ? inserts(ctx, rows) : [] };
		},

		async update(ctx, id, input, condition) {
			const { organizationId } = ctx.caller;
			const references = checkReferences(organizationId, table, [input]);
			const { row, rest } = await read(ctx, id, false, [
				...references.queries,
				...resource.facts(organizationId),
			]);
			const [answers, facts] = split(rest, references.queries.length);
			require(row, condition);
			refuse(references.errors(answers.flat())[0] ?? []);
			return updates(ctx, row, overlay(ctx, row, input, facts), condition ? stale : undefined);
		},

		async remove(ctx, id, condition) {
			const { organizationId } = ctx.caller;
			const held = holders(table, { organizationId, id });
			const { row, rest } = await read(ctx, id, false, held ? [held] : []);
			require(row, condition);
			const holder = rest[0]?.[0];
			if (holder) throw conflict(`This ${noun} is in use: ${holder.id} holds it as ${holder.field}.`);
			const deletedAt = new Date(ctx.now).toISOString();
			const after = next(ctx, row, { deletedAt } as Partial<Row>);
			return {
				value: after,
				statements: [
					...store.update(row, { deletedAt } as Partial<Row>, after.updatedAt, condition ? stale : undefined),
					...(held ? [expect(sql`NOT EXISTS (${held})`, () => new LostRace())] : []),
					...record(ctx, announce(ctx, { before: row, after: null, changes: {} })),
				],
			};
		},

		async restore(ctx, id) {
			const { row } = await read(ctx, id, true);
			if (row.deletedAt === null) throw conflict(`This ${noun} is not deleted.`);
			const references = checkReferences(ctx.caller.organizationId, table, [row]);
			const [first] = references.errors((await batch(ctx.env.DB, references.queries)).flat())[0] ?? [];
			if (first) throw conflict(`What this ${noun} refers to is gone (${first.path}).`, first);
			const after = next(ctx, row, { deletedAt: null } as Partial<Row>);
			return {
				value: after,
				statements: [
					...expectUnique(after),
					...store.update(row, { deletedAt: null } as Partial<Row>, after.updatedAt),
					...expectReferences(ctx.caller.organizationId, table, [row]),
					...record(
						ctx,
						announce(ctx, { before: row, after, changes: { deletedAt: { from: row.deletedAt, to: null } } }),
					),
				],
			};
		},

		async upsert(ctx, field, value, input) {
			const { organizationId } = ctx.caller;
			const references = checkReferences(organizationId, table, [input]);
			const matching = sql`SELECT * FROM ${table} WHERE ${table.organizationId} = ${organizationId}
				AND ${sql.identifier(field)} = ${value} AND ${table.deletedAt} IS NULL`;
			const [found, ...rest] = await batch(ctx.env.DB, [
				sql`${matching} ORDER BY ${table.id} LIMIT 10`,
				...references.queries,
				...resource.facts(organizationId),
			]);
			const [answers, facts] = split(rest, references.queries.length);
			refuse(references.errors(answers.flat())[0] ?? []);
			const matches = (found ?? []).map(store.decode);
			const [match] = matches;
			if (matches.length > 1) {
				throw conflict(`Several match by ${field}: ${matches.map(({ id }) => id).join(", ")}.`, {
					path: field,
					message: "Matches more than one.",
				});
			}
			const still = (count: number) =>
				expect(sql`(SELECT count(*) FROM (${matching} LIMIT 2)) = ${count}`, () => new LostRace());
			if (match) {
				const { value: row, statements } = updates(ctx, match, overlay(ctx, match, input, facts));
				return {
					value: { row, created: false },
					statements: statements.length > 0 ? [still(1), ...statements] : [],
				};
			}
			const row = draft(ctx, input, facts);
			return {
				value: { row, created: true },
				statements: [still(0), ...inserts(ctx, [row])],
				...(numbered ? { numbers: [{ path: "number", counter: store.name, fromLast: 0 }] } : {}),
			};
		},
	};
	return self;
}

function changesBetween(before: object, after: object): Changes {
	const from = new Map<string, unknown>(Object.entries(before));
	return Object.fromEntries(
		Object.entries(after).flatMap(([field, to]) =>
			OWNED.has(field) || JSON.stringify(from.get(field)) === JSON.stringify(to)
				? []
				: [[field, { from: from.get(field) ?? null, to }]],
		),
	);
}

function pick<Row extends object>(row: Row, fields: readonly string[]): Partial<Row> {
	return Object.fromEntries(Object.entries(row).filter(([field]) => fields.includes(field))) as Partial<Row>;
}

function positionOf(raw: RawRow, orderBy: string): Position {
	const value = orderBy === "createdAt" ? null : raw[orderBy];
	return { value: typeof value === "number" || typeof value === "string" ? value : null, id: String(raw.id) };
}

function split<T>(list: readonly T[], at: number): [T[], T[]] {
	return [list.slice(0, at), list.slice(at)];
}

function refuse(errors: readonly FieldError[]): void {
	const [first, ...rest] = errors;
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
