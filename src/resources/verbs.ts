// The verbs of every resource: get and list read; create, update, delete, restore and upsert plan a write. A plan needs at
// most one round trip of reads, and the batch asserts what was read. Creates are here; the others are in files of their own.
import type { WriteAttempt } from "../context.ts";
import type { RawRow } from "../db/client.ts";
import type { Write } from "../db/commit.ts";
import type { KnownFact } from "../db/fact.ts";
import type { OwnedRow } from "../db/owned-row.ts";
import { AppError, catchAppError, type FieldError, throwFieldErrors } from "../errors.ts";
import { changer } from "./changing.ts";
import { lister } from "./listing.ts";
import { manyChanger } from "./many.ts";
import { manyReader } from "./many-read.ts";
import { planFor } from "./plan.ts";
import { type Reader, reader } from "./reader.ts";
import type { Resource } from "./resource.ts";
import type { SideEffects } from "./side-effects.ts";
import { upserter } from "./upserting.ts";

export type Verbs<Row extends OwnedRow, Create extends object, Update extends object> = ReturnType<
	typeof verbs<Row, Create, Update, unknown>
>;

/**
 * The verbs of a resource. Those that read return rows; the others plan a write, and nothing is written until the caller commits it.
 * They throw an AppError: 400 for an input or a reference that is not valid, 404 for a row that isn't there, 409 for what is stored,
 * 412 for another version than the condition asks for, and 413 for a row or a batch that is too large.
 * @param effectsOf further statements of creates, updates and changes of many rows; by default there are none
 */
export function verbs<Row extends OwnedRow, Create extends object, Update extends object, Fact>(
	resource: Resource<Row, Create, Update, Fact>,
	effectsOf: SideEffects<Row, Create | Update, Fact> = () => null,
) {
	const read = reader(resource);
	return {
		get: read.readRow,
		...lister(resource, read),
		/** `id` is set if something must refer to it before the create. */
		create: creator(resource, read, effectsOf),
		/** One result per change, in order: what it did or its error. The valid ones are written together. */
		changeMany: manyChanger(resource, manyReader(resource, effectsOf, read)),
		...changer(resource, read, effectsOf),
		/** Updates the live row whose field has a value, or creates one; returns which. */
		upsert: upserter(resource, read),
	};
}

function creator<Row extends OwnedRow, Create extends object, Update, Fact>(
	resource: Resource<Row, Create, Update, Fact>,
	{ cachedFact, readForRules }: Reader<Row, Create, Update, Fact>,
	effectsOf: SideEffects<Row, Create | Update, Fact>,
) {
	/**
	 * Plans with the cached fact. If there is none, or the input is refused, reads the current fact and plans again: an input is
	 * never refused because of a cached fact.
	 */
	return async (attempt: WriteAttempt, input: Create, id?: string): Promise<Write<Row>> => {
		const effects = effectsOf(attempt, [input], null);
		const queries = effects?.queries ?? [];
		const planWith = (
			known: KnownFact<Fact>,
			errors: readonly FieldError[],
			answers: readonly (readonly RawRow[])[],
		): Write<Row> => {
			throwFieldErrors(errors);
			const plan = planFor(attempt, resource, known);
			const after = plan.draft(input, id);
			const more = effects?.statements([{ before: null, after }], answers, known.fact) ?? [];
			return { value: after, slots: plan.slots(after), statements: [...plan.inserts(after), ...more] };
		};
		const cached = attempt.isRetry || queries.length > 0 ? null : cachedFact(attempt.caller.organizationId);
		const fromCache = cached && catchAppError(() => planWith(cached, [], []));
		if (fromCache && !(fromCache instanceof AppError)) return fromCache;
		const { found, errorsOf, known } = await readForRules(attempt, [input], queries);
		return planWith(known, errorsOf(0), found);
	};
}
