// What an auditor reads of an organization in each commit.
import { OF_ORGANIZATION } from "./events.ts";

export interface LeadState {
	readonly id: string;
	readonly version: number;
	readonly deletedAt: number | null;
}

export interface WebhookState {
	readonly id: string;
	readonly version: number;
	readonly status: "active" | "disabled";
	readonly events: string;
	readonly deletedAt: number | null;
	readonly disabledReason: string | null;
	readonly pausedUntil: number | null;
	readonly secretPrefix: string | null;
	readonly previousSecret: string | null;
	readonly previousSecretExpiresAt: number | null;
	/** Of the filters only those that exclude events by name are known here. */
	readonly filter: string | null;
	readonly rateLimit: string | null;
	readonly ordered: number;
}

export interface EventState {
	readonly id: string;
	readonly type: string;
	readonly entityId: string;
	readonly test: number;
}

export interface DeliveryState {
	readonly id: string;
	readonly webhookId: string;
	readonly eventId: string;
	readonly event: string;
	readonly status: "pending" | "success" | "failed" | "skipped" | "cancelled";
	readonly test: number;
	readonly attemptsMade: number;
	readonly lastAttempt: number;
	readonly lastStatusCode: number | null;
	readonly nextAttemptAt: number | null;
	readonly manualWaiting: number;
	readonly dueAt: number | null;
	readonly lease: string | null;
	readonly leaseUntil: number | null;
}

/** One query for each part of a state, in its order. */
export const QUERIES = {
	leads: `SELECT "id", "version", "deletedAt" FROM "leads" WHERE "organizationId" = ?`,
	webhooks: `SELECT "id", "version", "status", "events", "deletedAt", "disabledReason", "pausedUntil", "secretPrefix",
		"previousSecret", "previousSecretExpiresAt", "filter", "rateLimit", "ordered" FROM "webhooks" WHERE "organizationId" = ?`,
	events: `SELECT "id", "type", "entityId", "test" FROM "event_log" WHERE ${OF_ORGANIZATION}`,
	deliveries: `SELECT delivery.* FROM "webhooks" AS webhook CROSS JOIN "deliveries" AS delivery ON delivery."webhookId" = webhook."id"
		WHERE webhook."organizationId" = ?`,
};

export interface State {
	readonly leads: ReadonlyMap<string, LeadState>;
	readonly webhooks: ReadonlyMap<string, WebhookState>;
	readonly events: ReadonlyMap<string, EventState>;
	readonly deliveries: ReadonlyMap<string, DeliveryState>;
}
