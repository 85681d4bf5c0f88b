// Creates: one row, or many in one batch of which each input is judged by itself.
import { sql } from "drizzle-orm";
import type { Attempt, Ctx } from "../context.ts";
import { batch, type RawRow } from "../db/client.ts";
import type { Statement, Write } from "../db/commit.ts";
import type { Known } from "../db/fact.ts";
import type { OwnedRow } from "../db/owned-row.ts";
import { AppError, type FieldError, outcome, refuse } from "../errors.ts";
import { overQuota, roomIn } from "../quotas/expectations.ts";
import { recordsOf } from "../quotas/quotas.ts";
import { type Plan, planFor } from "./plan.ts";
import type { Reader } from "./reader.ts";
import type { Resource } from "./resource.ts";
import type { SideEffects } from "./side-effects.ts";
import { claimsOf, repeats, taken } from "./unique.ts";

/** The creates of one resource. */
export function creator<Row extends OwnedRow, Create extends object, Update, Fact>(
	resource: Resource<Row, Create, Update, Fact>,
	{ recall, look }: Reader<Row, Create, Update, Fact>,
	effectsOf: SideEffects<Row, Create | Update, Fact>,
) {
	type Planned = Plan<Row, Create, Update, Fact>;
	const { table } = resource.store;
	const isRow = (draft: Row | AppError): draft is Row => !(draft instanceof AppError);

	/** Rows whose unique values are taken, by stored rows or by one before them among these. */
	const clashing = async (ctx: Ctx, rows: readonly Row[], fact: Fact) => {
		const claims = claimsOf(resource, rows, fact);
		return new Map([...repeats(claims), ...(await taken(ctx, claims))]);
	};

	const roomNow = async (ctx: Ctx): Promise<number> => {
		const [rows] = await batch(ctx.env.DB, [
			sql`SELECT ${roomIn(table, ctx.caller.organizationId)} AS "room"`,
		]);
		return Number(rows?.[0]?.room);
	};

	const draftOf = (by: Planned, input: Create, errors: readonly FieldError[] | undefined, id?: string) =>
		outcome(() => {
			refuse(errors);
			return by.draft(input, id);
		});

	/**
	 * Makes drafts by the fact that is remembered or, where there is none or it refuses one, by what is so now: an input is
	 * never refused by what is only remembered.
	 * @param draft is given the errors of each input's references
	 */
	const drafted = async <Drafts>(
		attempt: Attempt,
		inputs: readonly Create[],
		draft: (plan: Planned, errors: readonly FieldError[][]) => Drafts,
		refuses: (drafts: Drafts) => boolean,
	) => {
		const effects = effectsOf(attempt, inputs, null);
		const queries = effects?.queries ?? [];
		const draftBy = (
			known: Known<Fact>,
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
		const remembered = attempt.isRetry || queries.length > 0 ? null : recall(attempt.caller.organizationId);
		const trusting = remembered && draftBy(remembered, [], []);
		if (trusting && !refuses(trusting.drafts)) return trusting;
		const { found, errors, known } = await look(attempt, inputs, queries);
		return draftBy(known, errors, found);
	};

	return {
		async create(attempt: Attempt, input: Create, id?: string): Promise<Write<Row>> {
			const { plan, drafts, inserts } = await drafted(
				attempt,
				[input],
				(by, [errors]) => draftOf(by, input, errors, id),
				(draft) => !isRow(draft),
			);
			if (!isRow(drafts)) throw drafts;
			return { value: drafts, slots: plan.slots(drafts), statements: inserts([drafts]) };
		},

		async createMany(attempt: Attempt, inputs: readonly Create[]): Promise<Write<(Row | AppError)[]>> {
			const { plan, drafts, inserts } = await drafted(
				attempt,
				inputs,
				(by, errors) => inputs.map((input, index) => draftOf(by, input, errors[index])),
				(all) => !all.every(isRow),
			);
			const clashes = attempt.isRetry
				? await clashing(attempt, drafts.filter(isRow), plan.fact)
				: new Map<string, string>();
			let room = attempt.isRetry && inputs.length > 1 ? await roomNow(attempt) : inputs.length;
			const value = drafts.map((draft) => {
				if (!isRow(draft)) return draft;
				const path = clashes.get(draft.id);
				if (path !== undefined) return plan.clash(path);
				room -= 1;
				return room < 0 ? overQuota(recordsOf(table)) : draft;
			});
			const rows = value.filter(isRow);
			return { value, statements: rows.length > 0 ? inserts(rows) : [] };
		},
	};
}
