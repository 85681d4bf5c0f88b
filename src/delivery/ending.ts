// The ways in which a claimed delivery ends.
import type { Outcome } from "./attempt.ts";
import type { ClaimedDelivery } from "./claimed.ts";
import type { WebhookRow } from "./receiver.ts";

/** A claimed delivery that was attempted. */
export interface AttemptedEnding {
	readonly kind: "attempted";
	readonly delivery: ClaimedDelivery;
	readonly webhook: WebhookRow;
	/** When the attempt began. */
	readonly at: number;
	/** As sent, with the values of custom headers masked. */
	readonly headers: Readonly<Record<string, string>>;
	readonly outcome: Outcome;
	/** The new status; null leaves it unchanged, as a failed manual attempt does. */
	readonly status: string | null;
	/** When it is due again, in ms. */
	readonly dueAt: number | null;
}

/**
 * How one claimed delivery ended: attempted, cancelled because there is no webhook to send it to, or returned because of an
 * internal error or because no lane was free. `dueAt` (ms) is when it is due again.
 */
export type Ending =
	| AttemptedEnding
	| { readonly kind: "cancelled"; readonly delivery: ClaimedDelivery; readonly dueAt: null }
	| { readonly kind: "returned"; readonly delivery: ClaimedDelivery; readonly dueAt: number };
