// The quota on messages. Each message is counted in its conversation's row, which it changes anyway; the organization's counter
// is increased by ten when a conversation begins another ten messages. So it is never too low, and too high by at most nine
// per conversation.
import { expect, type Statement } from "../db/commit.ts";
import { addToCounter, isCounter } from "../db/counters.ts";
import { counters } from "../db/schema/bookkeeping.ts";
import { sql } from "../db/sql.ts";
import { overQuota } from "./expectations.ts";
import { limitOf, messageCount } from "./quotas.ts";

const STEP = 10;

/** Statements that uncount the `posted` messages of a conversation. */
export function uncountMessages(organizationId: string, posted: number): Statement[] {
	const counted = Math.ceil(posted / STEP) * STEP;
	if (counted === 0) return [];
	return [
		sql`UPDATE ${counters} SET "value" = max(0, "value" - ${counted}) WHERE ${isCounter("messages", organizationId)}`,
	];
}

/** Statements that count the `posted`-th message of a conversation, and refuse it if the quota is used up. */
export function countMessage(organizationId: string, posted: number): Statement[] {
	if (posted % STEP !== 1) return [];
	const room = sql`${messageCount(organizationId)} < ${limitOf(organizationId, "records")}`;
	return [expect(room, () => overQuota("records.messages")), addToCounter("messages", organizationId, STEP)];
}
