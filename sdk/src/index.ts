export {
	type CallOptions,
	type ClientOptions,
	createClient,
	type DataOf,
	type LeadwireClient,
} from "./client.ts";
export { type ErrorCode, type FieldError, LeadwireError, type LeadwireErrorCode } from "./errors.ts";
export type { components, paths, webhooks } from "./generated/schema.ts";
export { type ItemOf, type ListPath, type PaginateOptions, paginate } from "./paginate.ts";
export type { Change, RecordOf, SyncOptions, SyncPage, SyncResource } from "./sync.ts";
export {
	signWebhook,
	type VerifyOptions,
	verifyWebhook,
	type WebhookErrorReason,
	type WebhookEvent,
	type WebhookEventType,
	type WebhookHeaders,
	type WebhookPayload,
	WebhookVerificationError,
} from "./webhook.ts";

import type { components } from "./generated/schema.ts";

/** The API's resources and bodies by name, e.g. `Schemas["Lead"]`. */
export type Schemas = components["schemas"];
