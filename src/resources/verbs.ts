// The verbs every resource has: get and list as reads; create, update, delete, restore and upsert as planned writes.
// A plan takes at most one round trip to read what it needs, and the batch then holds the world to it.
import { type SQL, sql } from "drizzle-orm";
import type { Ctx } from "../context.ts";
import { batch, type RawRow } from "../db/client.ts";
import { expect, LostRace, type Write } from "../db/commit.ts";
import { type ListQuery, listStatements, type Position } from "../db/list.ts";
import { checkReferences, holders } from "../db/references.ts";
import { links } from "../db/schema/organizations.ts";
import type { Link, OwnedRow } from "../db/store.ts";
import { AppError, badRequest, conflict, type FieldError, notFound } from "../errors.ts";
import { planner } from "./plan.ts";
import type { Resource } from "./resource.ts";
import { repeats, uniques } from "./unique.ts";

/** Decides whether a row's version is one the caller will change; from If-Match. */
export type Condition = (version: number) => boolean;

/** A planned write, with the fact it was planned on and the rows of what else was read for it. */
export interface Planned<T> extends Write<T> {
	readonly fact?: unknown;
	readonly besides?: readonly RawRow[][];
}

export interface Verbs<Row extends OwnedRow, Create, Update> {
	get(ctx: Ctx, id: string, includeDeleted: boolean): Promise<Row>;
	list(ctx: Ctx, query: ListQuery): Promise<{ rows: Row[]; next: Position | null }>;
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
	restore(ctx: Ctx, id: string, again: boolean): Promise<Write<Row>>;
	/** Creates, or updates the one live row whose `field` is `value`; tells which. */
	upsert(
		ctx: Ctx,
		field: string,
		value: unknown,
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

	const remember = (organizationId: string, fact: unknown): unknown => {
		if (remembered.size >= MEMORY_SIZE) remembered.clear();
		remembered.set(organizationId, fact);
		return fact;
	};

	/** Reads, in one round trip: the queries given, the ids that inputs refer to, and the rules' fact. */
	const look = async (ctx: Ctx, inputs: readonly object[], queries: readonly SQL[]) => {
		const { organizationId } = ctx.caller;
		const references = checkReferences(organizationId, table, inputs);
		const facts = factQueries(organizationId);
		const answers = await batch(ctx.env.DB, [...queries, ...references.queries, ...facts]);
		const fact = remember(organizationId, facts.length > 0 ? answers.at(-1)?.[0]?.fact : null);
		const checked = answers.slice(queries.length, queries.length + references.queries.length);
		return { found: answers.slice(0, queries.length), errors: references.errors(checked.flat()), fact };
	};

	/** Reads that need no rules take the fact along only where it maps the rows. */
	const lookUp = async (ctx: Ctx, queries: readonly SQL[]) => {
		const facts = resource.mapping ? factQueries(ctx.caller.organizationId) : [];
		const answers = await batch(ctx.env.DB, [...queries, ...facts]);
		const fact = facts.length > 0 ? remember(ctx.caller.organizationId, answers.at(-1)?.[0]?.fact) : null;
		return { found: answers.slice(0, queries.length), fact };
	};

	const byId = (ctx: Ctx, id: string, includeDeleted: boolean) =>
		store.byId(ctx.caller.organizationId, id, includeDeleted);

	const decoderOf = (fact: unknown) => {
		const mapping = resource.mapping?.(fact);
		return mapping ? (raw: RawRow) => mapping.row(store.decode(raw)) : store.decode;
	};

	const decoded = (rows: readonly RawRow[] | undefined, fact: unknown): Row => {
		const raw = rows?.[0];
		if (!raw) throw notFound(noun);
		return decoderOf(fact)(raw);
	};

	/** Rows whose unique values are taken, by stored rows or by one before them among these. */
	const taken = async (ctx: Ctx, rows: readonly Row[], fact: unknown): Promise<Map<string, string>> => {
		const asked = uniques(resource, rows, fact);
		const answers = await batch(
			ctx.env.DB,
			asked.map((one) => one.taken),
		);
		const stored = asked.flatMap(({ path }, index) =>
			(answers[index] ?? []).map(({ id }) => [String(id), path] as const),
		);
		return new Map([...repeats(resource, rows, fact), ...stored]);
	};

	/** The link a custom field is matched by; null for a column. */
	const linkFor = async (ctx: Ctx, field: string, value: unknown): Promise<Link | null> => {
		if (!resource.matching || !field.startsWith("cf_")) return null;
		return resource.matching(field, value, (await lookUp(ctx, [])).fact);
	};

	const self: Verbs<Row, Create, Update> = {
		async get(ctx, id, includeDeleted) {
			const { found, fact } = await lookUp(ctx, [byId(ctx, id, includeDeleted)]);
			return decoded(found[0], fact);
		},

		async list(ctx, asked) {
			const { organizationId } = ctx.caller;
			// What only the fact can explain is planned with the one remembered, and planned again where that is out of date.
			const listing = asksForCustom(asked) ? resource.listing : undefined;
			let trusting = listing !== undefined && remembered.has(organizationId);
			let known = trusting || !listing ? remembered.get(organizationId) : (await lookUp(ctx, [])).fact;
			for (;;) {
				const planned = outcome(() => listing?.(asked, known) ?? { query: asked, filters: {} });
				if (planned instanceof AppError) {
					if (!trusting) throw planned;
					trusting = false;
					known = (await lookUp(ctx, [])).fact;
					continue;
				}
				const { query, filters } = planned;
				const spec = { ...list, filters: { ...list.filters, ...filters } };
				const { found, fact } = await lookUp(ctx, listStatements(store, spec, organizationId, query));
				if (listing && fact !== known) {
					known = fact;
					continue;
				}
				const raw = found.flat();
				const page = raw.slice(0, query.limit);
				const last = page.at(-1);
				const next = raw.length > query.limit && last ? positionOf(last, query) : null;
				return { rows: page.map(decoderOf(fact)), next };
			}
		},

		async create(ctx, input, again, id, besides) {
			const write = await self.createMany(ctx, [input], again, id === undefined ? [] : [id], besides);
			const [only] = write.value;
			if (!only) throw new Error("createMany gave no result");
			if (only instanceof AppError) throw only;
			return { ...write, value: only, numbers: plan.numbers };
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
			const remembers = resource.fact(organizationId) === null || remembered.has(organizationId);
			const trusting = !again && besides.length === 0 && remembers;
			let known = trusting
				? { errors: [], fact: remembered.get(organizationId), found: [] }
				: await look(ctx, inputs, besides);
			let drafts = draftAll(known);
			// An input is refused by what is so now, never by what is only remembered.
			if (trusting && drafts.some((draft) => draft instanceof AppError)) {
				known = await look(ctx, inputs, besides);
				drafts = draftAll(known);
			}
			const { fact, found } = known;
			const isRow = (draft: Row | AppError): draft is Row => !(draft instanceof AppError);
			const clashes = again ? await taken(ctx, drafts.filter(isRow), fact) : new Map<string, string>();
			const value = drafts.map((draft) => {
				const path = isRow(draft) ? clashes.get(draft.id) : undefined;
				return path === undefined ? draft : plan.clash(path);
			});
			const rows = value.filter(isRow);
			const statements = rows.length > 0 ? plan.inserts(ctx, rows, fact) : [];
			return { value, statements, fact, besides: found };
		},

		async update(ctx, id, input, condition, besides = []) {
			const { found, errors, fact } = await look(ctx, [input], [byId(ctx, id, false), ...besides]);
			const row = decoded(found[0], fact);
			require(row, condition);
			refuse(errors[0]);
			const after = plan.overlay(ctx, row, input, fact);
			return {
				...plan.updates(ctx, row, after, fact, condition ? stale : undefined),
				before: row,
				fact,
				besides: found.slice(1),
			};
		},

		async remove(ctx, id, condition) {
			const held = holders(table, { organizationId: ctx.caller.organizationId, id });
			const { found, fact } = await look(ctx, [], [byId(ctx, id, false), ...(held ? [held] : [])]);
			const row = decoded(found[0], fact);
			require(row, condition);
			const holder = found[1]?.[0];
			if (holder) throw conflict(`This ${noun} is in use: ${holder.id} holds it as ${holder.field}.`);
			return plan.removal(ctx, row, held, fact, condition ? stale : undefined);
		},

		async change(ctx, id, make, condition) {
			const { found, fact } = await look(ctx, [], [byId(ctx, id, false)]);
			const row = decoded(found[0], fact);
			require(row, condition);
			const after = plan.overlay(ctx, row, await make(row), fact);
			return { ...plan.updates(ctx, row, after, fact, condition ? stale : undefined), before: row };
		},

		async restore(ctx, id, again) {
			const { found, fact } = await look(ctx, [], [byId(ctx, id, true)]);
			const row = decoded(found[0], fact);
			if (row.deletedAt === null) throw conflict(`This ${noun} is not deleted.`);
			const [gone] = again ? ((await look(ctx, [row], [])).errors[0] ?? []) : [];
			if (gone) throw conflict(`What this ${noun} refers to is gone (${gone.path}).`, gone);
			return plan.restoration(ctx, row, fact);
		},

		async upsert(ctx, field, value, input) {
			const link = await linkFor(ctx, field, value);
			const where = link
				? sql`${table.id} IN (SELECT ${links.fromId} FROM ${links} WHERE ${links.organizationId} = ${ctx.caller.organizationId}
					AND ${links.field} = ${`${store.name}.${link.field}`} AND ${links.toId} = ${link.toId})`
				: sql`${sql.identifier(field)} = ${value}`;
			const matching = sql`SELECT * FROM ${table} WHERE ${table.organizationId} = ${ctx.caller.organizationId}
				AND ${where} AND ${table.deletedAt} IS NULL`;
			const { found, errors, fact } = await look(
				ctx,
				[input],
				[sql`${matching} ORDER BY ${table.id} LIMIT 10`],
			);
			refuse(errors[0]);
			const matches = (found[0] ?? []).map(decoderOf(fact));
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

const asksForCustom = ({ orderBy, filters }: ListQuery) =>
	[orderBy, ...Object.keys(filters)].some((name) => name.startsWith("cf_"));

function positionOf(raw: RawRow, { orderBy, sortLink }: ListQuery): Position {
	const value = orderBy === "createdAt" ? null : raw[sortLink ? "sortLink" : orderBy];
	return {
		value: typeof value === "number" || typeof value === "string" ? value : null,
		id: String(raw.id),
	};
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

/** 412: the row is no longer the one that If-Match names. */
export const stale = () =>
	new AppError("PRECONDITION_FAILED", "The resource has changed since the version that If-Match names.");

function require(row: OwnedRow, condition: Condition | null): void {
	if (condition && !condition(row.version)) throw stale();
}
