// What a domain function may touch, and nothing else.
import type { Env, WakeUp } from "./env.ts";
import type { AppError } from "./errors.ts";

/** Who caused an event, as events show it. */
export interface Actor {
	/** `form` is a visitor of a public form. `system` is a process of this server: no caller asked for this write. */
	readonly type: "key" | "session" | "form" | "system";
	/** The id of the API key, dashboard session or form, or the name of the process in code. */
	readonly id: string;
	/** The name of the key, or of the key that a session was started with; of a form, its title; of a process, its description. */
	readonly name: string;
}

/** Who is calling: an API key and the organization it belongs to. */
export interface Caller {
	readonly keyId: string;
	/** The key's name when it was last read. */
	readonly keyName: string;
	/** The dashboard session that acts for the key; null when the key itself was sent. */
	readonly sessionId: string | null;
	readonly organizationId: string;
	readonly scopes: readonly string[];
	/** When the key expires (ms), as last read; null when it never does. */
	readonly expiresAt: number | null;
	/** Whether answers to this key are wrapped as `{ data, meta }`. */
	readonly envelope: boolean;
	/** The maximum size of one record of the organization, in bytes of JSON. */
	readonly recordBytes: number;
}

/** The Idempotency-Key this request has claimed. */
export interface Claim {
	/** The caller and its Idempotency-Key, as stored: no other caller has the same. */
	readonly storedKey: string;
	readonly claimedBy: string;
}

/** What `commit` needs. Work without a caller, such as sending webhooks, leaves `caller` out. */
export interface CommitCtx extends Pick<Ctx, "env"> {
	readonly caller?: Pick<Caller, "organizationId">;
	movedError?(): AppError;
}

/** What recording events needs. */
export interface EventCtx extends Pick<Ctx, "env" | "now" | "wake"> {
	/** As in `WriteAttempt`; left out by work that is not planned again. */
	readonly isRetry?: boolean;
	readonly caller: Pick<Caller, "organizationId">;
	readonly actor: Actor;
}

/** A request that plans its write: for the first time, or again after another write came first. */
export interface WriteAttempt extends Ctx {
	/** Whether the plan must read instead of using the cache, and find out why the previous plan was refused. */
	readonly isRetry: boolean;
}

export interface Ctx {
	readonly env: Env;
	readonly caller: Caller;
	/** Whom the events of this write name: the caller, or the process that acts for it. */
	readonly actor: Actor;
	/** Milliseconds since 1970, read once per request: every instant the request writes is this one. */
	readonly now: number;
	readonly requestId: string;
	/** This server's host and port as the caller wrote them; no webhook may point there. */
	readonly host: string;
	readonly claim: Claim | null;
	/** Resolves when the key's limiter admits the request; throws 429 or 401 otherwise. */
	requireAdmission(): Promise<void>;
	/** The error for a write whose organization has left the database of `env`; the caller's next request looks it up again. */
	movedError(): AppError;
	/** Sends wake-up messages for deliveries that a commit has made due, now or after a delay. */
	wake(wakeUps: readonly WakeUp[]): void;
	/** Keeps the invocation alive until the work is done, also after the response. */
	waitUntil(work: Promise<unknown>): void;
}
