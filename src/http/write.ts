// Carrying out a planned write: commit it together with its idempotency record, answer it, and plan anew when another
// write came first.
import type { z } from "@hono/zod-openapi";
import type { Ctx, WriteAttempt } from "../context.ts";
import { commit, endOfRecords, LostRace, type Slot, type Statement, type Write } from "../db/commit.ts";
import { fillSlots, type SlotValues, slotValues } from "../db/slots.ts";
import { sql } from "../db/sql.ts";
import { unavailable } from "../errors.ts";
import type { Answer } from "./answer.ts";
import type { EndpointDefinition, ResourceEndpoint } from "./definition.ts";
import { type Endpoint, endpoint, type Input } from "./endpoint.ts";
import { keepAnswer } from "./idempotency.ts";

/** Each lost race means that another write succeeded, so only rows with very many writers reach this. */
const MAX_TRIES = 20;

interface WriteInput<Q extends z.ZodType, B extends z.ZodType> extends Input<Q, B> {
	readonly ctx: WriteAttempt;
}

/** An endpoint that does nothing but one write, planned and answered as `performWrite` says. */
export const writeEndpoint = <T, Q extends z.ZodType = z.ZodUndefined, B extends z.ZodType = z.ZodUndefined>(
	definition: ResourceEndpoint<Q, B> | EndpointDefinition<Q, B>,
	plan: (input: WriteInput<Q, B>) => Promise<Write<T>>,
	answer: (value: T, input: Input<Q, B>) => Answer,
): Endpoint =>
	endpoint(definition, (input) =>
		performWrite(
			input.ctx,
			(ctx) => plan({ ...input, ctx }),
			(value) => answer(value, input),
		),
	);

/** The answer to a deletion. */
export const gone = (): Answer => ({ status: 204 });

/** The answer to what goes on after it. */
export const accepted = (body: object): Answer => ({ status: 202, body });

/**
 * Plans, commits and answers one write.
 * @param plan reads the stored rows and plans the write; called again after a lost race
 * @param answer makes the answer from the written value; must not depend on anything else
 * @throws AppError of the plan; 503 if other writes came first too often
 */
export async function performWrite<T>(
	ctx: Ctx,
	plan: (attempt: WriteAttempt) => Promise<Write<T>>,
	answer: (value: T) => Answer,
): Promise<Answer> {
	for (let tries = 1; ; tries += 1) {
		const { value, statements, slots = [] } = await plan({ ...ctx, isRetry: tries > 1 });
		const planned = answer(value);
		try {
			const record = ctx.claim ? await keepAnswer(ctx, ctx.claim, planned, slots) : [];
			if (statements.length + record.length === 0) return planned;
			const answerSlots = planned.body === undefined ? [] : slots;
			const values = await committed(ctx, statements, answerSlots, record);
			return { ...planned, body: fillSlots(planned.body, values) };
		} catch (error) {
			if (!(error instanceof LostRace)) throw error;
			// Not a conflict: the same request can succeed a moment later.
			if (tries === MAX_TRIES) throw unavailable(error);
		}
	}
}

/**
 * Commits statements after the key's limiter has admitted the request, and reads their slots in the same batch, together with
 * what is expected of the records. `record`: the statements of its Idempotency-Key.
 * @throws AppError 429 or 401 from the limiter, and what `commit` throws
 */
async function committed(
	ctx: Ctx,
	statements: readonly Statement[],
	slots: readonly Slot[],
	record: readonly Statement[],
) {
	let values: SlotValues = {};
	const read: Statement = {
		query: sql`${slotValues(slots)} AS "values"`,
		isScalar: true,
		onCommitted: ([row]) => {
			values = JSON.parse(String(row?.values));
		},
	};
	await ctx.requireAdmission();
	const end = endOfRecords(statements);
	const reading = slots.length > 0 ? [read] : [];
	await commit(ctx, [...statements.slice(0, end), ...reading, ...statements.slice(end), ...record]);
	return values;
}
