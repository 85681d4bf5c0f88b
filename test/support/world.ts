// One organization with fault injection: its own clock, a queue controlled by the test, receivers that are functions, and an
// auditor in every commit.

import { vi } from "vitest";
import { chance } from "../../src/chance.ts";
import type { Bindings } from "../../src/env.ts";
import { Auditor, type Claimed } from "./auditor.ts";
import { withMembers } from "./bindings.ts";
import { Faults } from "./faults.ts";
import { finalProblems } from "./final-problems.ts";
import { Sender } from "./sender.ts";
import { dbOf, shardOf, wrapDatabases } from "./shards.ts";
import { type Arrived, signatureProblems } from "./verify.ts";

const START = Date.parse("2026-03-01T12:00:00Z");
const MAX_ROUNDS = 500;
const AT_ONCE = 10;
const LEASE_MS = 45_000;

/** How a receiver answers. One that exceeds the time limit triggers the sender's time-out itself, so that no test waits. */
export type Receiver = (arrived: Arrived, patience: AbortController) => Response | Promise<Response>;

const patience = new WeakMap<AbortSignal, AbortController>();

export const answersWith =
	(status: number, headers: Record<string, string> = {}): Receiver =>
	() =>
		new Response(null, { status, headers });

export class World {
	readonly requests: Arrived[] = [];
	readonly problems: string[] = [];
	/** Receivers by the first segment of a webhook's path; 200 by default. */
	readonly receivers = new Map<string, Receiver>();
	/** Runs once, while the next request is at its receiver. */
	duringRequest: (() => Promise<void>) | null = null;
	private readonly byPrefix = new Map<string, string>();

	private constructor(
		readonly sender: Sender,
		readonly auditor: Auditor,
		readonly faults: Faults,
	) {}

	/** Creates an organization at a fixed time, and replaces global `fetch` and `Date` until the next one. */
	static async open(vars: Partial<Bindings> = {}): Promise<World> {
		vi.useFakeTimers({ toFake: ["Date"], now: START });
		// Fixed jitter, so that a run can be repeated call by call.
		vi.spyOn(chance, "random").mockReturnValue(0.5);
		vi.spyOn(AbortSignal, "timeout").mockImplementation(() => {
			const controller = new AbortController();
			patience.set(controller.signal, controller);
			return controller.signal;
		});
		const faults = new Faults();
		let auditor: Auditor | undefined;
		const databases = wrapDatabases((db, shard) =>
			withMembers(db, {
				batch: (statements: D1PreparedStatement[]) =>
					(auditor?.shard === shard ? auditor : db).batch(statements),
			}),
		);
		const sender = await Sender.start({ ...vars, ...databases }, (bindings) => faults.wrap(bindings));
		auditor = new Auditor(sender.organizationId);
		const world = new World(sender, auditor, faults);
		vi.stubGlobal("fetch", (url: unknown, init: RequestInit) =>
			faults.call("fetch", () => world.receive(String(url), init)),
		);
		return world;
	}

	get organizationId(): string {
		return this.sender.organizationId;
	}

	advance(ms: number): void {
		vi.setSystemTime(Date.now() + ms);
	}

	/** Creates a webhook at the receiver `name`. */
	async webhook(name: string, events: readonly string[], more: object = {}): Promise<string> {
		const reply = await this.sender.api("POST", "/webhooks", {
			url: `https://hooks.example.com/${name}`,
			events,
			secret: this.newSecret(),
			...more,
		});
		if (reply.status !== 201) throw new Error(reply.text);
		return reply.body.id;
	}

	/** A secret with a unique prefix. */
	readonly newSecret = (): string => {
		const bytes = new Uint8Array(24);
		new DataView(bytes.buffer).setUint16(0, this.byPrefix.size);
		crypto.getRandomValues(bytes.subarray(3));
		const secret = `whsec_${btoa(String.fromCharCode(...bytes))}`;
		this.byPrefix.set(secret.slice(0, 9), secret);
		return secret;
	};

	/** Delivers all messages that are due, in batches as the platform makes them. */
	async consumeDue(): Promise<void> {
		const due = this.sender.queued.filter(({ at }) => at <= Date.now());
		const later = this.sender.queued.filter(({ at }) => at > Date.now());
		this.sender.queued.splice(0, this.sender.queued.length, ...later);
		await this.sender.deliverMessages(due);
	}

	/** The leases of running attempts expire, and another consumer takes over. */
	async takeOver(): Promise<void> {
		this.advance(LEASE_MS + 1);
		await this.sender.sweep().catch(() => {});
		await this.consumeDue();
	}

	/** Advances the clock from one due time to the next, until nothing is due. */
	async settle(): Promise<void> {
		this.faults.disarm();
		this.sender.queueFails = false;
		for (let round = 0; round < MAX_ROUNDS; round += 1) {
			await this.consumeDue();
			const waiting = [...this.auditor.state.deliveries.keys()];
			const next = await dbOf(this.organizationId)
				.prepare(
					// A delivery in line is skipped while another one of its webhook is due; otherwise it waits for its time and the breaker's.
					`SELECT min(CASE WHEN "dueAt" < 1e14 THEN max("dueAt", coalesce("leaseUntil", 0))
						WHEN NOT EXISTS (SELECT 1 FROM "deliveries" AS other WHERE other."webhookId" = webhook."id" AND other."dueAt" < 1e14)
						THEN max("dueAt" - 1e14, coalesce(webhook."pausedUntil", 0)) END) AS "next"
					FROM "webhooks" AS webhook CROSS JOIN "deliveries" AS delivery
					ON delivery."webhookId" = webhook."id" WHERE webhook."organizationId" = ? AND "dueAt" IS NOT NULL`,
				)
				.bind(this.organizationId)
				.first<number>("next");
			if (next === null) return this.replayWakeUps(waiting);
			if (next > Date.now()) vi.setSystemTime(next);
			await this.sender.sweep();
		}
		this.problems.push(`still not quiet after ${MAX_ROUNDS} rounds`);
	}

	/** All problems so far and in the final state. Call `settle` first. */
	async finalProblems(options: { unrecorded: number }): Promise<string[]> {
		const delays = this.sender.env.WEBHOOK_RETRY_DELAYS.split(",").length;
		return [
			...this.problems,
			...this.auditor.problems,
			...(await finalProblems(this.auditor, this.requests, { delays, ...options })),
		];
	}

	/** Checks that after settling, repeated wake-ups send nothing. */
	private async replayWakeUps(deliveries: readonly string[]): Promise<void> {
		const { length } = this.requests;
		const bodies = deliveries.map((deliveryId) => ({
			deliveryId,
			webhookId: this.auditor.state.deliveries.get(deliveryId)?.webhookId,
			shard: shardOf(this.organizationId),
		}));
		for (let start = 0; start < bodies.length; start += AT_ONCE)
			await this.sender.consume(bodies.slice(start, start + AT_ONCE));
		if (this.requests.length > length) this.problems.push("a stale wake-up sent something");
	}

	private async receive(url: string, init: RequestInit): Promise<Response> {
		const headers = Object.fromEntries(new Headers(init.headers));
		const arrived: Arrived = {
			url,
			method: init.method ?? "GET",
			headers,
			body: String(init.body),
			deliveryId: headers["x-webhook-id"] ?? "",
			number: Number(headers["x-webhook-attempt"]),
			status: null,
		};
		this.requests.push(arrived);
		this.problems.push(...(await this.verify(arrived)));
		const { duringRequest: interlude } = this;
		this.duringRequest = null;
		await interlude?.();
		const receiver = this.receivers.get(new URL(url).pathname.slice(1)) ?? answersWith(200);
		const left = init.signal && patience.get(init.signal);
		if (!left) throw new Error("A request was sent without a timeout");
		const response = await receiver(arrived, left);
		arrived.status = response.status;
		return response;
	}

	/** The secrets of the webhook when the delivery was claimed; a grace period may have ended since. */
	private async verify(arrived: Arrived): Promise<string[]> {
		const claimed = this.auditor.claimed.get(arrived.deliveryId);
		if (!claimed) return [`${arrived.deliveryId} was sent without being claimed`];
		const problems: string[] = [];
		for (const at of [Date.now(), claimed.at]) {
			const found = await signatureProblems(arrived, this.secretsAt(claimed, at), claimed.at);
			if (found.length === 0) return [];
			problems.push(...found);
		}
		return problems;
	}

	private secretsAt({ webhook, prefixes }: Claimed, at: number): string[] {
		const inGrace = webhook.previousSecret !== null && Number(webhook.previousSecretExpiresAt) > at;
		const live = webhook.secretPrefix === null ? [] : prefixes.slice(0, inGrace ? 2 : 1);
		return live.flatMap((prefix) => this.byPrefix.get(prefix) ?? []);
	}
}
