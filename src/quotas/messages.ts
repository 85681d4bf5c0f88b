// The quota on messages. Each counts in its conversation's own row, which it changes anyway; the organization's counter is
// written for ten of them at once, when a conversation begins another ten. So it is never too low, and too high by at most
// nine a conversation.
import { sql } from "drizzle-orm";
import { expect, type Statement } from "../db/commit.ts";
import { addToCounter, isCounter } from "../db/counters.ts";
import { counters } from "../db/schema/bookkeeping.ts";
import { overQuota } from "./expectations.ts";
import { limitOf, messagesCounted } from "./quotas.ts";

const AT_ONCE = 10;

/** What uncounts all messages of a conversation, of which `posted` were posted. */
export function uncountMessages(organizationId: string, posted: number): Statement[] {
	const counted = Math.ceil(posted / AT_ONCE) * AT_ONCE;
	if (counted === 0) return [];
	return [
		{
			query: sql`UPDATE ${counters} SET "value" = max(0, "value" - ${counted}) WHERE ${isCounter("messages", organizationId)}`,
		},
	];
}

/** What counts the `posted`-th message of a conversation. Refuses it when the organization has as many as it may. */
export function countMessage(organizationId: string, posted: number): Statement[] {
	if (posted % AT_ONCE !== 1) return [];
	const room = sql`${messagesCounted(organizationId)} < ${limitOf(organizationId, "records")}`;
	return [
		expect(room, () => overQuota("records.messages")),
		{ query: addToCounter("messages", organizationId, AT_ONCE) },
	];
}
