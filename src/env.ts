// The Worker's bindings, and its vars parsed once. wrangler.toml says what each binding is for.
import type { KeyLimiter } from "./gate/key-limiter.ts";

/** What travels through the queue: nothing but where to look. The rows in D1 are the truth. */
export interface DeliveryWakeUp {
	readonly webhookId: string;
	readonly deliveryId: string;
}

export interface Env {
	readonly DB: D1Database;
	readonly KEY_LIMITER: DurableObjectNamespace<KeyLimiter>;
	readonly DELIVERIES: Queue<DeliveryWakeUp>;
	readonly ASSETS: Fetcher;
	readonly KEY_PEPPER: string;
	readonly ENCRYPTION_KEY: string;
	readonly WEBHOOK_RETRY_DELAYS: string;
	readonly WEBHOOK_TIMEOUT_SECONDS: string;
	readonly DELIVERY_RETENTION_DAYS: string;
	readonly PUBLIC_HOSTS: string;
	readonly ALLOW_INSECURE_TARGETS: string;
}
