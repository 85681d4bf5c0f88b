// Several changes in one request, carried out as if one came after another: each finds what those before it did. They are tried on
// the rows in memory and then written in one batch, each row once; the events of all changes are recorded, in their order.

import { utf8Bytes } from "../bytes.ts";
import type { Ctx, WriteAttempt } from "../context.ts";
import { batch } from "../db/client.ts";
import { expect, type Statement, type Write } from "../db/commit.ts";
import type { OwnedRow } from "../db/owned-row.ts";
import { blockingReferences, exceptKeptItems } from "../db/references.ts";
import { MAX_PAGE_BYTES } from "../db/scan.ts";
import { sql } from "../db/sql.ts";
import { AppError, catchAppError, conflict, notFound, throwFieldErrors } from "../errors.ts";
import { overQuota, roomIn } from "../quotas/expectations.ts";
import { recordsOf } from "../quotas/quotas.ts";
import { changesBetween } from "./changes.ts";
import { staleVersion } from "./condition.ts";
import { holderInWords, inUseMessage } from "./holding.ts";
import { readKindHolders } from "./kind.ts";
import { type Change, type Found, inputOf, type manyReader } from "./many-read.ts";
import { ManyRows } from "./many-rows.ts";
import { severalMatch } from "./matching.ts";
import { planFor } from "./plan.ts";
import type { Resource, Transition } from "./resource.ts";
import type { Written } from "./side-effects.ts";
import { findTaken, type UniqueValue, uniqueChecks, uniqueValuesOf } from "./unique.ts";

/** What a change did, and the row after it; for a deletion, before it. */
export interface Changed<Row> {
	readonly outcome: "created" | "updated" | "deleted";
	readonly row: Row;
}

/** What is known of rows that the changes are not about. */
interface Others {
	/** The unique values that they have, by key. */
	readonly taken: ReadonlySet<string>;
	/** How many more rows there may be. */
	readonly room: number;
}

/** Only a batch that was refused asks about other rows. */
const UNASKED: Others = { taken: new Set(), room: Number.POSITIVE_INFINITY };

const tooLargeTogether = () =>
	new AppError(
		"PAYLOAD_TOO_LARGE",
		`The records of this batch are larger than ${MAX_PAGE_BYTES} bytes together; send this one with fewer others.`,
	);

/**
 * Expects that no row but those that are written has one of these values. Those that rows have afterwards are compared when they are
 * written; these are of changes that would have been refused if others had it.
 */
function expectUntaken(values: readonly UniqueValue[], written: readonly Written<OwnedRow>[]): Statement[] {
	const ids = sql.each(written.map(({ after }) => after.id));
	return uniqueChecks(values).map(({ taken }) =>
		expect(
			sql`NOT EXISTS (SELECT 1 FROM (${taken}) AS other WHERE other."holder" NOT IN (SELECT value FROM ${ids}))`,
		),
	);
}

/** The verb for several changes of one resource. */
export function manyChanger<Row extends OwnedRow, Create extends object, Update extends object, Fact>(
	resource: Resource<Row, Create, Update, Fact>,
	reader: ReturnType<typeof manyReader<Row, Create, Update, Fact>>,
) {
	const { noun } = resource;
	const { table } = resource.store;
	type Results = (Changed<Row> | AppError)[];

	const readRoom = async (ctx: Ctx): Promise<number> => {
		const [rows] = await batch(ctx.env.DB, [
			sql`SELECT ${roomIn(table, ctx.caller.organizationId)} AS "room"`,
		]);
		return Number(rows?.[0]?.room);
	};

	const planWith = async (
		attempt: WriteAttempt,
		changes: readonly Change<Create, Update>[],
		found: Found<Row, Fact>,
	): Promise<Write<Results>> => {
		const plan = planFor(attempt, resource, found.known);
		const stored = found.rows.map(plan.decode);
		const kind = await readKindHolders(attempt, resource, stored, changes.map(inputOf));

		/** Carries out the changes on the rows in memory. */
		const tryOut = ({ taken, room }: Others) => {
			const valuesOf = (after: Row, before: Row | null) => uniqueValuesOf(resource, after, plan.fact, before);
			const rows = new ManyRows(table, valuesOf, stored, taken);
			const transitions: Transition<Row>[] = [];
			/** The ids of rows that upserts have created, by what they look rows up by. */
			const createdBy = new Map<string, string[]>();
			let created = 0;
			let bytes = 0;

			const put = (after: Row, transition: Transition<Row>): Row => {
				const path = transition.after && rows.clashOf(transition.before, after);
				if (path) throw plan.clash(path);
				if (transition.before === null && created >= room) throw overQuota(recordsOf(table));
				const size = utf8Bytes(JSON.stringify(after));
				if (bytes + size > MAX_PAGE_BYTES) throw tooLargeTogether();
				bytes += size;
				if (transition.before === null) created += 1;
				transitions.push(transition);
				rows.put(after);
				return after;
			};
			const create = (index: number, input: Create): Changed<Row> => {
				throwFieldErrors(found.errorsOf(index, rows.isTarget));
				const after = plan.draft(input);
				return { outcome: "created", row: put(after, { before: null, after, changes: {} }) };
			};
			const update = (index: number, before: Row, input: Create | Update): Changed<Row> => {
				throwFieldErrors(exceptKeptItems(table, found.errorsOf(index, rows.isTarget), input, before));
				const after = plan.merge(before, input);
				kind.refuse(before, after, rows);
				const changed = changesBetween(before, after);
				const differs = Object.keys(changed).length > 0;
				return {
					outcome: "updated",
					row: differs ? put(after, { before, after, changes: changed }) : before,
				};
			};
			const existing = (id: string): Row => {
				const row = rows.find(id);
				if (row) return row;
				throw found.ids.has(id) && !stored.some((one) => one.id === id) ? tooLargeTogether() : notFound(noun);
			};
			const atVersion = (id: string, version: number | undefined): Row => {
				const row = existing(id);
				if (version !== undefined && row.version !== version) throw staleVersion("the item names");
				return row;
			};
			const upsert = (index: number, field: string, input: Create): Changed<Row> => {
				const key = found.keyOf(index);
				if (key instanceof AppError) throw key;
				const matches = [...found.matchesOf(key), ...(createdBy.get(key) ?? [])];
				const [match] = matches;
				if (match !== undefined && matches.length === 1) return update(index, existing(match), input);
				throwFieldErrors(found.errorsOf(index, rows.isTarget));
				if (matches.length > 1) throw severalMatch(field, matches);
				const made = create(index, input);
				createdBy.set(key, [made.row.id]);
				return made;
			};
			const remove = (before: Row): Changed<Row> => {
				const holder = found.holders.get(before.id) ?? rows.holderOf(before.id, blockingReferences(table));
				if (holder) throw conflict(inUseMessage(noun, holderInWords(attempt.caller, holder)));
				put(plan.removed(before), { before, after: null, changes: {} });
				return { outcome: "deleted", row: before };
			};
			const carryOut = (change: Change<Create, Update>, index: number): Changed<Row> => {
				if (change.verb === "create") return create(index, change.input);
				if (change.verb === "upsert") return upsert(index, change.field, change.input);
				const row = atVersion(change.id, change.version);
				return change.verb === "delete" ? remove(row) : update(index, row, change.input);
			};
			const value = changes.map((change, index) => catchAppError(() => carryOut(change, index)));
			return { value, rows, transitions };
		};

		/** The same, knowing of other rows. An item that is then refused may let one after it try other values. */
		const tryInformed = async (tried: readonly UniqueValue[]): Promise<ReturnType<typeof tryOut>> => {
			const run = tryOut(await readOthers(attempt, tried, stored));
			const asked = new Set(tried.map(({ key }) => key));
			const more = run.rows.tried.filter(({ key }) => !asked.has(key));
			return more.length === 0 ? run : tryInformed([...tried, ...more]);
		};

		const first = tryOut(UNASKED);
		const { value, rows, transitions } = attempt.isRetry ? await tryInformed(first.rows.tried) : first;
		if (transitions.length === 0) return { value, statements: [] };
		const written = transitions.flatMap(({ before, after }) => (after ? [{ before, after }] : []));
		return {
			value,
			statements: [
				...found.expectations,
				...plan.writes(rows.written(), transitions),
				...expectUntaken(rows.passing(), rows.written()),
				...found.effects(written),
			],
		};
	};

	/** Reads why a batch may have been refused: values that other rows have, and how many rows there may be. */
	const readOthers = async (
		attempt: WriteAttempt,
		tried: readonly UniqueValue[],
		stored: readonly Row[],
	): Promise<Others> => {
		const [taken, room] = await Promise.all([findTaken(attempt, tried), readRoom(attempt)]);
		const ids = new Set(stored.map(({ id }) => id));
		const byOthers = taken.filter(({ holder }) => !ids.has(holder));
		return { taken: new Set(byOthers.map(({ key }) => key)), room };
	};

	return async (
		attempt: WriteAttempt,
		changes: readonly Change<Create, Update>[],
	): Promise<Write<Results>> => {
		const cached = reader.foundInCache(attempt, changes);
		const fromCache = cached && (await planWith(attempt, changes, cached));
		if (fromCache && !fromCache.value.some((result) => result instanceof AppError)) return fromCache;
		return planWith(attempt, changes, await reader.read(attempt, changes));
	};
}
