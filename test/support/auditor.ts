// Checks one organization inside each transaction: the changes of every commit are read in the same commit and compared with
// the rules. It is written from the contract and shares no code with the Worker.
import {
	type DeliveryState,
	type EventState,
	type LeadState,
	QUERIES,
	type State,
	type WebhookState,
} from "./audited-state.ts";
import { PaceAuditor } from "./pace-auditor.ts";
import { dbOf, shardOf } from "./shards.ts";

export interface Claimed {
	readonly webhook: WebhookState;
	readonly prefixes: readonly string[];
	/** When it was claimed. */
	readonly at: number;
}

const OWNER = "Disabled by its owner.";

/** Allowed changes of a delivery's status. A success is final, and a cancelled delivery is never scheduled again. */
const MOVES = new Set([
	"pending success",
	"pending failed",
	"pending cancelled",
	"pending skipped",
	"failed pending",
	"failed success",
	"skipped pending",
	"skipped success",
	"cancelled success",
]);

export class Auditor {
	state: State = { leads: new Map(), webhooks: new Map(), events: new Map(), deliveries: new Map() };
	readonly problems: string[] = [];
	/** For each delivery, its webhook at the last claim and the prefixes of the webhook's secrets, newest first. */
	readonly claimed = new Map<string, Claimed>();
	/** How often each delivery's schedule was restarted. */
	readonly restarts = new Map<string, number>();
	/** How many manual attempts were asked for. */
	readonly manualAttempts = new Map<string, number>();
	/** How often a claim was taken over from a consumer that died or was late. */
	readonly takenOver = new Map<string, number>();
	/** Deliveries that ended because their webhook was disabled or deleted. */
	readonly stopped = new Set<string>();
	private readonly prefixes = new Map<string, readonly string[]>();

	private readonly pace = new PaceAuditor();

	readonly shard: number;

	constructor(readonly organizationId: string) {
		this.shard = shardOf(organizationId);
	}

	/** Runs a batch of the Worker and checks what it committed. */
	async batch(statements: D1PreparedStatement[]): Promise<D1Result[]> {
		const db = dbOf(this.organizationId);
		const looks = Object.values(QUERIES).map((query) => db.prepare(query).bind(this.organizationId));
		const results = await db.batch([...statements, ...looks]);
		const [leads, webhooks, events, deliveries] = results.splice(statements.length);
		const before = this.state;
		this.state = {
			leads: byId<LeadState>(leads),
			webhooks: byId<WebhookState>(webhooks),
			events: byId<EventState>(events),
			deliveries: byId<DeliveryState>(deliveries),
		};
		for (const { id, secretPrefix } of this.state.webhooks.values()) {
			const known = this.prefixes.get(id) ?? [];
			if (secretPrefix !== null && secretPrefix !== known[0]) this.prefixes.set(id, [secretPrefix, ...known]);
		}
		this.judgeEvents(before);
		this.judgeFanOut(before);
		this.judgeMoves(before);
		this.problems.push(...this.pace.judge(before, this.state));
		return results;
	}

	/** Checks that every change has exactly its events, and that no event lacks a change. */
	private judgeEvents(before: State): void {
		const { leads, webhooks, events, deliveries } = this.state;
		const wanted: string[] = [];
		for (const lead of leads.values()) {
			const was = before.leads.get(lead.id);
			if (was?.version === lead.version) continue;
			if (was && lead.version !== was.version + 1) this.problems.push(`${lead.id} skipped a version`);
			const gone = lead.deletedAt !== null;
			wanted.push(`${gone ? "lead.deleted" : was ? "lead.updated" : "lead.created"} ${lead.id}`);
			if (!gone) wanted.push(`save_lead ${lead.id}`);
		}
		for (const delivery of deliveries.values()) {
			const fails = before.deliveries.get(delivery.id)?.status === "pending" && delivery.status === "failed";
			const announced = delivery.test === 0 && !delivery.event.startsWith("webhook.");
			if (fails && announced && delivery.lastStatusCode !== 410)
				wanted.push(`webhook.exhausted ${delivery.webhookId}`);
		}
		for (const webhook of webhooks.values()) {
			const was = before.webhooks.get(webhook.id);
			if (was?.status === "active" && webhook.status === "disabled" && webhook.disabledReason !== OWNER)
				wanted.push(`webhook.disabled ${webhook.id}`);
			// Only changes by users increase the version.
			if (was?.pausedUntil && !webhook.pausedUntil && was.version === webhook.version)
				wanted.push(`webhook.recovered ${webhook.id}`);
		}
		const made = this.newEvents(before)
			.filter(({ test }) => test === 0)
			.map(({ type, entityId }) => `${type} ${entityId}`);
		if (made.toSorted().join() !== wanted.toSorted().join())
			this.problems.push(`a commit made the events [${made}] where its changes ask for [${wanted}]`);
		if (events.size < before.events.size) this.problems.push("an event is gone");
	}

	/** Checks that every event has exactly one delivery for each webhook that subscribes to it, and no others. */
	private judgeFanOut(before: State): void {
		const { webhooks, deliveries } = this.state;
		const wanted = this.newEvents(before).flatMap((event) =>
			[...webhooks.values()]
				.filter((webhook) => (event.test ? webhook.id === event.entityId : wants(webhook, event)))
				.map(
					({ id, status }) =>
						`${event.id} ${id} ${status === "active" || event.test ? "to send" : "skipped"}`,
				),
		);
		const made = [...deliveries.values()]
			.filter(({ id }) => !before.deliveries.has(id))
			.map(({ eventId, webhookId, status }) => {
				const disabledWithIt =
					status === "cancelled" && webhooks.get(webhookId)?.status === "disabled" ? "skipped" : "to send";
				return `${eventId} ${webhookId} ${status === "skipped" ? "skipped" : disabledWithIt}`;
			});
		if (made.toSorted().join() !== wanted.toSorted().join())
			this.problems.push(`a commit made the deliveries [${made}] where its events ask for [${wanted}]`);
	}

	private judgeMoves(before: State): void {
		for (const delivery of this.state.deliveries.values()) {
			const { id, webhookId, status, lease, manualWaiting } = delivery;
			const was = before.deliveries.get(id);
			const webhook = this.state.webhooks.get(webhookId);
			if (lease !== null && lease !== was?.lease && webhook)
				this.claimed.set(id, { webhook, prefixes: this.prefixes.get(webhookId) ?? [], at: Date.now() });
			if (!was) continue;
			if (lease !== null && was.lease !== null && lease !== was.lease) {
				count(this.takenOver, id, 1);
				if (Number(was.leaseUntil) > Date.now()) this.problems.push(`${id} was claimed twice at once`);
			}
			// The sweeper takes over an expired lease.
			if (
				was.lease !== null &&
				lease === null &&
				delivery.leaseUntil !== null &&
				Number(was.leaseUntil) <= Date.now()
			)
				count(this.takenOver, id, 1);
			// A running attempt ends by itself, and a test goes on while the webhook is only disabled.
			const underWay = lease !== null && Number(delivery.leaseUntil) > Date.now();
			const goesOn = delivery.test === 1 && webhook?.deletedAt === null;
			if (
				status === "pending" &&
				!underWay &&
				!goesOn &&
				webhook &&
				isOff(webhook) &&
				!isOff(before.webhooks.get(webhookId))
			)
				this.problems.push(`${id} is pending for a webhook just turned off`);
			count(this.manualAttempts, id, Math.max(0, manualWaiting - was.manualWaiting));
			if (was.status === status) continue;
			if (!MOVES.has(`${was.status} ${status}`))
				this.problems.push(`${id} went from ${was.status} to ${status}`);
			if (status === "pending") count(this.restarts, id, 1);
			if (status === "skipped") this.stopped.add(id);
		}
	}

	private newEvents(before: State): EventState[] {
		return [...this.state.events.values()].filter(({ id }) => !before.events.has(id));
	}
}

const isOff = (webhook: WebhookState | undefined) =>
	webhook !== undefined && (webhook.status === "disabled" || webhook.deletedAt !== null);

function wants(webhook: WebhookState, { type, entityId }: EventState): boolean {
	const subscribed = (JSON.parse(webhook.events) as string[]).some((name) =>
		name.endsWith("*") ? type.startsWith(name.slice(0, -1)) : name === type,
	);
	const excluded: string[] = webhook.filter === null ? [] : JSON.parse(webhook.filter).event[0].not;
	return webhook.deletedAt === null && webhook.id !== entityId && subscribed && !excluded.includes(type);
}

function byId<T extends { readonly id: string }>(result: D1Result | undefined): ReadonlyMap<string, T> {
	return new Map(((result?.results ?? []) as T[]).map((row) => [row.id, row]));
}

function count(counts: Map<string, number>, id: string, by: number): void {
	if (by > 0) counts.set(id, (counts.get(id) ?? 0) + by);
}
