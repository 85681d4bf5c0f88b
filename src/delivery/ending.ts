// How claimed deliveries end.
import type { Outcome } from "./attempt.ts";
import type { Claimed } from "./claim.ts";
import type { WebhookRow } from "./receiver.ts";

/** A claimed delivery that was attempted. */
export interface Attempted {
	readonly kind: "attempted";
	readonly delivery: Claimed;
	readonly webhook: WebhookRow;
	/** When the attempt began. */
	readonly at: number;
	/** As sent, with custom values masked. */
	readonly headers: Readonly<Record<string, string>>;
	readonly outcome: Outcome;
	/** What the delivery becomes; null leaves it as it is, which a manual attempt does that failed. */
	readonly status: string | null;
	/** When it needs attention again, in ms. */
	readonly dueAt: number | null;
}

/**
 * How one claimed delivery ended: attempted, or not at all, being given back (a fault of ours, or no connection was free)
 * or without a webhook to go to. `dueAt` (ms) is when it needs attention again.
 */
export type Ending =
	| Attempted
	| { readonly kind: "cancelled"; readonly delivery: Claimed; readonly dueAt: null }
	| { readonly kind: "returned"; readonly delivery: Claimed; readonly dueAt: number };
