// The plan of a resource's write: the rows it results in, and its statements. Nothing is read here; what was read before, or
// came from the cache, is asserted inside the batch.

import type { Ctx, WriteAttempt } from "../context.ts";
import type { RawRow } from "../db/client.ts";
import type { Statement, Write } from "../db/commit.ts";
import { expectFactUnchanged, factSourceOf, type KnownFact } from "../db/fact.ts";
import type { Link } from "../db/links.ts";
import { isNumbered } from "../db/numbers.ts";
import type { OwnedRow } from "../db/owned-row.ts";
import { withoutItemLists } from "../db/references.ts";
import { takeNumber } from "../db/reserved.ts";
import { slotsOfRow } from "../db/slots.ts";
import type { SQL } from "../db/sql.ts";
import type { AppError } from "../errors.ts";
import { newId } from "../ids.ts";
import { type Recording, recordingOf } from "../outbox/record.ts";
import { changesBetween } from "./changes.ts";
import { duplicateError, expectationsOf, expectNone } from "./expectations.ts";
import type { Changes, Resource, Transition } from "./resource.ts";
import type { Written } from "./side-effects.ts";
import { checkWeight } from "./weight.ts";

type Plan<Row extends OwnedRow, Create, Update, Fact> = ReturnType<typeof planFor<Row, Create, Update, Fact>>;

export type PlanOf<Of> =
	Of extends Resource<infer Row, infer Create, infer Update, infer Fact>
		? Plan<Row, Create, Update, Fact>
		: never;

/** The parts of a resource's writes in one request, with the fact that was read for them. */
export function planFor<Row extends OwnedRow, Create, Update, Fact>(
	ctx: Ctx & Partial<Pick<WriteAttempt, "isRetry">>,
	resource: Resource<Row, Create, Update, Fact>,
	known: KnownFact<Fact>,
) {
	const { store, noun, prefix } = resource;
	const { table } = store;
	const { fact } = known;
	const { organizationId } = ctx.caller;
	const at = new Date(ctx.now).toISOString();
	const mapping = resource.mapping?.(fact) ?? store.plainMapping;
	const expectations = expectationsOf(ctx, resource, fact, mapping);
	const source = factSourceOf(resource);

	/** The statements of the events of transitions, which show a deleted row as it was, another one as the batch writes it. */
	const recording = (...transitions: readonly Transition<Row>[]): Recording => {
		const isDeletion = transitions.every(({ after }) => !after);
		return recordingOf(
			ctx,
			transitions.flatMap((transition) =>
				(resource.events?.(ctx, transition) ?? []).map((event) => ({
					...event,
					entityId: (transition.after ?? transition.before)?.id ?? "",
				})),
			),
			isDeletion ? undefined : table,
			isDeletion ? "deletion" : "change",
		);
	};

	const slots = ({ id }: Row) => slotsOfRow(table, organizationId, id);

	/** The row after a change, with the next version; the batch stamps it. */
	const next = (before: Row, fields: object): Row => ({
		...before,
		...fields,
		version: before.version + 1,
	});

	const removed = (before: Row): Row => next(before, { deletedAt: at });

	/**
	 * The statements of a write. What it expects comes after its rows, together and with what the rows themselves expect, because
	 * each statement costs D1 more than what most expectations look up. Only a fact that the rows may change comes before them.
	 * @param rules whether the fact was used
	 */
	const arranged = (
		rows: readonly Statement[],
		expected: readonly Statement[],
		events: Recording,
		rules = true,
	): Statement[] => {
		const facts = rules ? expectFactUnchanged(source, organizationId, known) : [];
		const [before, after] = source.readsOwnRows ? [facts, []] : [[], facts];
		return [
			...before,
			...rows,
			...after,
			...expected,
			...events.expected,
			...events.recorded,
			...events.delivered,
		];
	};

	/** A change of one row with its events. `more`: links, and what is expected of the row; `rules` as in `arranged`. */
	const changeRow = (
		before: Row,
		after: Row,
		changes: Changes,
		more: { readonly links?: readonly Statement[]; readonly expected: readonly Statement[] },
		rules: boolean,
		lost?: () => AppError,
	): Write<Row> => {
		const events = recording({ before, after, changes });
		return {
			value: after,
			slots: slots(after),
			statements: arranged(
				[...store.update(ctx.now, before, after, mapping, lost), ...(more.links ?? [])],
				[...expectations.bytes(before, after, events.recorded.length > 0), ...more.expected],
				events,
				rules,
			),
		};
	};

	return {
		fact,

		clash: (path: string) => duplicateError(noun, path),

		/** A stored row in the form that the rules use. */
		decode: (raw: RawRow): Row => mapping.row(store.decode(raw)),

		/** The slots of a written row. */
		slots,

		/** A new row from an input. Throws the AppError of a broken rule, 413 if the row is too large. */
		draft(input: Create, id = newId(prefix, ctx.now)): Row {
			const owned: OwnedRow = {
				organizationId,
				id,
				version: 1,
				createdAt: at,
				updatedAt: at,
				deletedAt: null,
			};
			const fields = resource.fields(input, null, fact, at);
			const row = { ...owned, ...(isNumbered(table) ? { number: 0 } : {}), ...fields } as unknown as Row;
			checkWeight(ctx.caller, noun, mapping.columns(row), null);
			return row;
		},

		/** A row after its deletion. */
		removed,

		/** A stored row merged with an input. Throws as `draft` does. */
		merge(before: Row, input: Update | Create): Row {
			const after = next(before, resource.fields(input, before, fact, at));
			checkWeight(ctx.caller, noun, mapping.columns(after), mapping.columns(before));
			return after;
		},

		/** Statements that insert a row, with its events. `referring`: the fields whose references must exist. */
		inserts(after: Row, referring: object = after): Statement[] {
			const isReserved = ctx.isRetry === false && takeNumber(table, organizationId, ctx.now);
			return arranged(
				store.insert(ctx.now, [after], mapping, isReserved),
				expectations.ofNew(after, referring, isReserved),
				recording({ before: null, after, changes: {} }),
			);
		},

		/**
		 * Statements that write several rows, each once, with the events of all their transitions in order. Whatever is expected and
		 * isn't so is a LostRace: the next plan finds out which rows it concerns.
		 */
		writes(written: readonly Written<Row>[], transitions: readonly Transition<Row>[]): Statement[] {
			const created = written.flatMap(({ before, after }) => (before ? [] : [after]));
			const changed = written.flatMap(({ before, after }) => (before ? [{ before, after }] : []));
			return arranged(
				[...store.insert(ctx.now, created, mapping), ...store.updateMany(ctx.now, changed, mapping)],
				expectations.ofSeveral(written),
				recording(...transitions),
				written.some(({ after }) => after.deletedAt === null),
			);
		},

		/** The update of a row, with its events; no statements if nothing differs. */
		updates(before: Row, after: Row, lost?: () => AppError): Write<Row> {
			const changes = changesBetween(before, after);
			if (Object.keys(changes).length === 0) return { value: before, statements: [] };
			const expected = expectations.ofChanged(before, after, changes);
			return changeRow(before, after, changes, { expected }, true, lost);
		},

		/** The deletion of a row, if no live row refers to it. */
		removal(before: Row, held: SQL | null, lost?: () => AppError): Write<Row> {
			const after = removed(before);
			return {
				value: after,
				statements: arranged(
					store.update(ctx.now, before, after, mapping, lost),
					expectNone(held),
					recording({ before, after: null, changes: {} }),
					false,
				),
			};
		},

		/** The restoration of a deleted row, with links that are not in `mapping`; its event is that of an update. */
		restoration(before: Row, hidden: readonly Link[] = []): Write<Row> {
			const adjusted = resource.fieldsOnRestore?.(before, fact, at);
			const after = next(before, { ...adjusted, deletedAt: null });
			const changes = {
				deletedAt: { from: before.deletedAt, to: null },
				...changesBetween(before, after),
			};
			const more = {
				links: store.link(after, hidden),
				expected: expectations.allowed(after, withoutItemLists(table, after)),
			};
			return changeRow(before, after, changes, more, adjusted !== undefined);
		},
	};
}
