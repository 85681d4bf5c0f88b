// Notification targets: whom an organization has told of failing webhooks, expiring keys and quotas.
import type { Ctx, WriteAttempt } from "../context.ts";
import { notificationTargets as table } from "../db/schema/notifications.ts";
import { sql } from "../db/sql.ts";
import { tableStore } from "../db/store.ts";
import { targetProblem } from "../delivery/target.ts";
import { sendingRules } from "../env.ts";
import { badRequest } from "../errors.ts";
import { email } from "../http/fields.ts";
import { identities } from "../identities.ts";
import { expectWithin } from "../quotas/expectations.ts";
import { NOTIFICATION_TARGETS, notificationTargetCount } from "../quotas/quotas.ts";
import { blankFields } from "../resources/blank.ts";
import type { VersionCondition } from "../resources/condition.ts";
import { type Resource, withoutUndefined } from "../resources/resource.ts";
import { verbs } from "../resources/verbs.ts";
import { hasScope, requireScope } from "../scopes.ts";
import { canSendEmail } from "./email.ts";
import { type NotificationEvent, notificationEventNames, notificationEvents } from "./events.ts";
import type { NotificationTargetCreateInput, NotificationTargetUpdateInput } from "./schema.ts";

type Row = typeof table.$inferSelect;
type Update = NotificationTargetUpdateInput;

const blank = blankFields(table, { name: "", type: "", to: "", events: [] });

export const notificationTargets: Resource<Row, NotificationTargetCreateInput, Update> = {
	...identities["notification-targets"],
	store: tableStore<Row>(table),
	fields: (input, before) => ({ ...(before ?? blank), ...withoutUndefined(input) }),
	list: { sorts: [], filters: {} },
	quotaExpectations: (before, after) =>
		before === null
			? [
					expectWithin(
						notificationTargetCount(after.organizationId),
						sql`${NOTIFICATION_TARGETS}`,
						"notificationTargets",
					),
				]
			: [],
};

const base = verbs(notificationTargets);

/**
 * The verbs of targets. Who creates one, or changes where it leads or what it is told, must be able to read all that it is told.
 * @throws AppError 400 for a URL or an address that is not allowed, 403 that names the missing scope
 */
export const notificationTargetVerbs: typeof base = {
	...base,
	async create(attempt: WriteAttempt, input: NotificationTargetCreateInput, id?: string) {
		const { scopes } = attempt.caller;
		const readable = notificationEventNames.filter((event) =>
			hasScope(scopes, notificationEvents[event].scope),
		);
		const [first = "webhook.failing", ...more] = readable;
		const events: [NotificationEvent, ...NotificationEvent[]] = [first, ...more];
		const target = { ...input, events: input.events ?? events };
		requireReadable(attempt, target.events);
		return base.create(attempt, { ...target, to: allowedTo(attempt, target.type, target.to) }, id);
	},
	async update(ctx: Ctx, id: string, input: Update, condition: VersionCondition | null) {
		return base.updateWith(
			ctx,
			id,
			async (before) => {
				const type = input.type ?? before.type;
				const isElsewhere = input.to !== undefined || type !== before.type;
				if (isElsewhere || input.events) requireReadable(ctx, [...before.events, ...(input.events ?? [])]);
				return isElsewhere ? { ...input, to: allowedTo(ctx, type, input.to ?? before.to) } : input;
			},
			condition,
		);
	},
};

function requireReadable(ctx: Ctx, events: readonly string[]): void {
	for (const event of notificationEventNames)
		if (events.includes(event)) requireScope(ctx.caller, notificationEvents[event].scope);
}

/** The URL or address, as it is stored. */
function allowedTo(ctx: Ctx, type: string, to: string): string {
	const refuse = (message: string) => badRequest({ path: "to", message });
	if (type === "email") {
		if (!canSendEmail(ctx.env))
			throw badRequest({ path: "type", message: "This server can't send e-mails; choose another type." });
		const address = email().safeParse(to);
		if (!address.success) throw refuse("Expected an e-mail address.");
		return address.data;
	}
	const rules = sendingRules(ctx.env);
	const problem = targetProblem(to, { ...rules, ownHosts: [...rules.ownHosts, ctx.host] });
	if (problem) throw refuse(problem);
	return new URL(to).href;
}
