// Checks which deliveries of webhooks with an order or a rate limit are claimed: the first that waits, and not too many at once.
// Requested attempts and test sends are neither ordered nor limited.
import type { DeliveryState, WebhookState } from "./audited-state.ts";

interface State {
	readonly webhooks: ReadonlyMap<string, WebhookState>;
	readonly deliveries: ReadonlyMap<string, DeliveryState>;
}

export class PaceAuditor {
	/** When the attempts of each webhook began, since the clock was last set back. */
	private readonly begun = new Map<string, number[]>();
	/** Claims whose end is not recorded: whoever takes them over repeats their attempt. */
	private readonly unrecorded = new Set<string>();

	/** The problems of a commit, in words. */
	judge(before: State, { webhooks, deliveries }: State): string[] {
		const problems: string[] = [];
		for (const delivery of deliveries.values()) {
			const was = before.deliveries.get(delivery.id);
			if (!was) continue;
			const { id, lease, attemptsMade, lastAttempt, status } = delivery;
			if (attemptsMade !== was.attemptsMade || lastAttempt < was.lastAttempt || status !== was.status)
				this.unrecorded.delete(id);
			const webhook = webhooks.get(delivery.webhookId);
			const isClaimed = lease !== null && lease !== was.lease;
			if (!isClaimed || !webhook || was.manualWaiting > 0 || delivery.test) continue;
			if (webhook.ordered && !this.unrecorded.has(id)) {
				const earlier = [...deliveries.values()].filter(
					(other) =>
						other.webhookId === webhook.id &&
						other.status === "pending" &&
						other.test === 0 &&
						numberOf(other) < numberOf(delivery),
				);
				problems.push(...earlier.map((other) => `${id} begins before ${other.id}, which came first`));
			}
			this.unrecorded.add(id);
			problems.push(...this.judgeRate(webhook));
		}
		return problems;
	}

	private judgeRate({ id, rateLimit }: WebhookState): string[] {
		const now = Date.now();
		const earlier = this.begun.get(id) ?? [];
		const begun = [...(Number(earlier.at(-1)) > now ? [] : earlier), now];
		this.begun.set(id, begun);
		if (rateLimit === null) return [];
		const { count, seconds } = JSON.parse(rateLimit);
		const recent = begun.filter((at) => at > now - seconds * 1_000).length;
		return recent > count ? [`${id} had ${recent} attempts in ${seconds} s`] : [];
	}
}

/** The number of the event, which grows from commit to commit. */
const numberOf = ({ eventId }: DeliveryState) => Number(eventId.slice(-12));
