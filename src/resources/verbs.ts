// The verbs of every resource: get and list read; create, update, delete, restore and upsert plan a write. A plan needs at
// most one round trip of reads, and the batch asserts what was read. Creates are here; the others are in files of their own.

import type { Ctx, WriteAttempt } from "../context.ts";
import { batch, type RawRow } from "../db/client.ts";
import type { Statement, Write } from "../db/commit.ts";
import type { KnownFact } from "../db/fact.ts";
import type { OwnedRow } from "../db/owned-row.ts";
import { sql } from "../db/sql.ts";
import { AppError, catchAppError, type FieldError, throwFieldErrors } from "../errors.ts";
import { overQuota, roomIn } from "../quotas/expectations.ts";
import { recordsOf } from "../quotas/quotas.ts";
import { changer } from "./changing.ts";
import { lister } from "./listing.ts";
import { type Plan, planFor } from "./plan.ts";
import { type Reader, reader } from "./reader.ts";
import type { Resource } from "./resource.ts";
import type { SideEffects } from "./side-effects.ts";
import { findRepeated, findTaken, uniqueValuesOf } from "./unique.ts";
import { upserter } from "./upserting.ts";

export type Verbs<Row extends OwnedRow, Create extends object, Update extends object> = ReturnType<
	typeof verbs<Row, Create, Update, unknown>
>;

/** The verbs of one resource. */
export function verbs<Row extends OwnedRow, Create extends object, Update extends object, Fact>(
	resource: Resource<Row, Create, Update, Fact>,
	effectsOf: SideEffects<Row, Create | Update, Fact> = () => null,
) {
	const read = reader(resource);
	return {
		async get(ctx: Ctx, id: string, includeDeleted: boolean): Promise<Row> {
			const { found, decode } = await read.readRows(ctx, [read.byId(ctx, id, includeDeleted)]);
			return decode(read.requireRow(found[0]));
		},
		list: lister(resource, read),
		...creator(resource, read, effectsOf),
		...changer(resource, read, effectsOf),
		/** Updates the live row whose field has a value, or creates one; returns which. */
		upsert: upserter(resource, read),
	};
}

/** The creates of one resource. */
function creator<Row extends OwnedRow, Create extends object, Update, Fact>(
	resource: Resource<Row, Create, Update, Fact>,
	{ cachedFact, readForRules }: Reader<Row, Create, Update, Fact>,
	effectsOf: SideEffects<Row, Create | Update, Fact>,
) {
	type Planned = Plan<Row, Create, Update, Fact>;
	const { table } = resource.store;
	const isRow = (draft: Row | AppError): draft is Row => !(draft instanceof AppError);

	/** The ids of rows whose unique values are taken by a stored row or by an earlier one of these, with the field. */
	const findDuplicates = async (ctx: Ctx, rows: readonly Row[], fact: Fact) => {
		const values = uniqueValuesOf(resource, rows, fact);
		return new Map([...findRepeated(values), ...(await findTaken(ctx, values))]);
	};

	const readRoom = async (ctx: Ctx): Promise<number> => {
		const [rows] = await batch(ctx.env.DB, [
			sql`SELECT ${roomIn(table, ctx.caller.organizationId)} AS "room"`,
		]);
		return Number(rows?.[0]?.room);
	};

	const draftOf = (plan: Planned, input: Create, errors: readonly FieldError[] | undefined, id?: string) =>
		catchAppError(() => {
			throwFieldErrors(errors);
			return plan.draft(input, id);
		});

	/**
	 * Makes drafts with the cached fact. If there is none, or an input is refused, reads the current fact and makes them again:
	 * an input is never refused because of a cached fact.
	 * @param draft makes the drafts; it gets the errors of each input's references
	 */
	const makeDrafts = async <Drafts>(
		attempt: WriteAttempt,
		inputs: readonly Create[],
		draft: (plan: Planned, errors: readonly FieldError[][]) => Drafts,
		hasRefused: (drafts: Drafts) => boolean,
	) => {
		const effects = effectsOf(attempt, inputs, null);
		const queries = effects?.queries ?? [];
		const draftBy = (
			known: KnownFact<Fact>,
			errors: readonly FieldError[][],
			answers: readonly (readonly RawRow[])[],
		) => {
			const plan = planFor(attempt, resource, known);
			const inserts = (rows: readonly Row[]): Statement[] => {
				const written = rows.map((after) => ({ before: null, after }));
				return [...plan.inserts(rows), ...(effects?.statements(written, answers, known.fact) ?? [])];
			};
			return { plan, drafts: draft(plan, errors), inserts };
		};
		const cached = attempt.isRetry || queries.length > 0 ? null : cachedFact(attempt.caller.organizationId);
		const fromCache = cached && draftBy(cached, [], []);
		if (fromCache && !hasRefused(fromCache.drafts)) return fromCache;
		const { found, errors, known } = await readForRules(attempt, inputs, queries);
		return draftBy(known, errors, found);
	};

	return {
		/** `id` is set if something must refer to it before the create. */
		async create(attempt: WriteAttempt, input: Create, id?: string): Promise<Write<Row>> {
			const { plan, drafts, inserts } = await makeDrafts(
				attempt,
				[input],
				(plan, [errors]) => draftOf(plan, input, errors, id),
				(draft) => !isRow(draft),
			);
			if (!isRow(drafts)) throw drafts;
			return { value: drafts, slots: plan.slots(drafts), statements: inserts([drafts]) };
		},

		/** One result per input, in order: its row or its error. The valid ones are written together. */
		async createMany(attempt: WriteAttempt, inputs: readonly Create[]): Promise<Write<(Row | AppError)[]>> {
			const { plan, drafts, inserts } = await makeDrafts(
				attempt,
				inputs,
				(plan, errors) => inputs.map((input, index) => draftOf(plan, input, errors[index])),
				(all) => !all.every(isRow),
			);
			const duplicates = attempt.isRetry
				? await findDuplicates(attempt, drafts.filter(isRow), plan.fact)
				: new Map<string, string>();
			let room = attempt.isRetry && inputs.length > 1 ? await readRoom(attempt) : inputs.length;
			const value = drafts.map((draft) => {
				if (!isRow(draft)) return draft;
				const path = duplicates.get(draft.id);
				if (path !== undefined) return plan.clash(path);
				room -= 1;
				return room < 0 ? overQuota(recordsOf(table)) : draft;
			});
			const rows = value.filter(isRow);
			return { value, statements: rows.length > 0 ? inserts(rows) : [] };
		},
	};
}
