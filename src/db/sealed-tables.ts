// The columns with encrypted values, and the scope that each value is bound to: a sealed text opens only with its own.
import type { SealedColumn } from "../sealed.ts";
import { idempotencyKeys } from "./schema/bookkeeping.ts";
import { forms } from "./schema/forms.ts";
import { webhooks } from "./schema/webhooks.ts";
import type { TenantTable } from "./tenant.ts";

/** A table with encrypted values, and the column that identifies its rows within an organization. */
export interface SealedTable {
	readonly table: TenantTable;
	readonly id: string;
	readonly columns: readonly SealedColumn[];
}

/** The scope of a webhook's value. */
export const webhookScope = (id: string, field: "secret" | "headers") => `${id}/${field}`;

/** The scope of a form's Turnstile secret. */
export const turnstileScope = (formId: string) => `${formId}/turnstileSecret`;

/** The scope of stored answers that show a secret. */
export const ANSWER_SCOPE = "idempotency";

/** All of them. In a value, what follows a blank is not encrypted. */
export const sealedTables: readonly SealedTable[] = [
	{
		table: webhooks,
		id: "id",
		columns: [
			{ column: "secret", scopeOf: (id) => webhookScope(id, "secret") },
			// A secret that a rotation has left behind is sealed as it was.
			{ column: "previousSecret", scopeOf: (id) => webhookScope(id, "secret") },
			{ column: "headers", scopeOf: (id) => webhookScope(id, "headers") },
		],
	},
	{ table: forms, id: "id", columns: [{ column: "turnstileSecret", scopeOf: turnstileScope }] },
	{ table: idempotencyKeys, id: "key", columns: [{ column: "answer", scopeOf: () => ANSWER_SCOPE }] },
];
