// Every table whose rows belong to an organization and can be deleted.
import type { CountedTable } from "./counts.ts";
import { apiKeys } from "./schema/api-keys.ts";
import { clients } from "./schema/clients.ts";
import { conversations } from "./schema/conversations.ts";
import { customFields } from "./schema/custom-fields.ts";
import { deals, pipelines } from "./schema/deals.ts";
import { formResponses, forms } from "./schema/forms.ts";
import { leads } from "./schema/leads.ts";
import { notificationTargets } from "./schema/notifications.ts";
import { leadSources, leadStages, products, tags, users } from "./schema/reference.ts";
import { invoices, quotations } from "./schema/sales.ts";
import { tasks } from "./schema/tasks.ts";
import { webhooks } from "./schema/webhooks.ts";

export const ownedTables = [
	leads,
	clients,
	deals,
	tasks,
	quotations,
	invoices,
	products,
	conversations,
	formResponses,
	forms,
	pipelines,
	leadStages,
	leadSources,
	tags,
	users,
	customFields,
	webhooks,
	notificationTargets,
	apiKeys,
] satisfies readonly CountedTable[];
