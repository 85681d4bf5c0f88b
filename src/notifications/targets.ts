// Notification targets: whom an organization has told of failing webhooks, expiring keys and quotas.
import type { Ctx, WriteAttempt } from "../context.ts";
import { notificationTargets as table } from "../db/schema/notifications.ts";
import { sql } from "../db/sql.ts";
import { type Mapping, tableStore } from "../db/store.ts";
import { acceptedTarget } from "../delivery/target.ts";
import { sendingRules } from "../env.ts";
import { badRequest } from "../errors.ts";
import { identities } from "../identities.ts";
import { expectWithin } from "../quotas/expectations.ts";
import { NOTIFICATION_TARGETS, notificationTargetCount } from "../quotas/quotas.ts";
import type { VersionCondition } from "../resources/condition.ts";
import { type Resource, withoutUndefined } from "../resources/resource.ts";
import { verbs } from "../resources/verbs.ts";
import { hasScope, requireScope } from "../scopes.ts";
import { canSendEmail } from "./email.ts";
import { type NotificationEvent, notificationEventNames, notificationEvents } from "./events.ts";
import type { NotificationTargetCreateInput, NotificationTargetUpdateInput } from "./schema.ts";

type Stored = typeof table.$inferSelect;
/** Where a target is told: the one that its type has, the other is null. */
interface Place {
	readonly url?: string | null | undefined;
	readonly address?: string | null | undefined;
}
/** A target as it is read; `to` is only in its column. */
type Row = Omit<Stored, "to"> & Partial<Pick<Stored, "to">> & Place;
type Update = NotificationTargetUpdateInput;

const store = tableStore<Row>(table);
const blank = { name: "", type: "", url: null, address: null, events: [] };
const placeOf = (type: string) => (type === "email" ? "address" : "url");

export const notificationTargets: Resource<Row, NotificationTargetCreateInput, Update> = {
	...identities["notification-targets"],
	store,
	/** One column has the URL or the address. */
	mapping: (): Mapping<Row> => ({
		...store.plainMapping,
		row: ({ to, ...row }) => ({ ...row, url: null, address: null, [placeOf(row.type)]: to }),
		columns: ({ url, address, ...row }) => ({ ...row, to: url ?? address }),
	}),
	shown: () => ({
		instead: { to: null },
		more: sql`',"url":' || iif("type" = 'email', 'null', json_quote("to")) || ',"address":' || iif("type" = 'email', json_quote("to"), 'null')`,
	}),
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
 * @throws AppError 400 for a URL that is not allowed or a place that its type does not have, 403 that names the missing scope
 */
export const notificationTargetVerbs: typeof base = {
	...base,
	async create(attempt: WriteAttempt, input: NotificationTargetCreateInput) {
		const { scopes } = attempt.caller;
		const readable = notificationEventNames.filter((event) =>
			hasScope(scopes, notificationEvents[event].scope),
		);
		const [first = "webhook.failing", ...more] = readable;
		const events: [NotificationEvent, ...NotificationEvent[]] = [first, ...more];
		const target = { ...input, events: input.events ?? events };
		requireReadable(attempt, target.events);
		return base.create(attempt, { ...target, ...allowedPlace(attempt, target.type, target) });
	},
	async update(ctx: Ctx, id: string, input: Update, condition: VersionCondition | null) {
		return base.updateWith(
			ctx,
			id,
			async (before) => {
				const type = input.type ?? before.type;
				const { url = before.url, address = before.address } = input;
				const isElsewhere = url !== before.url || address !== before.address || type !== before.type;
				if (isElsewhere || input.events) requireReadable(ctx, [...before.events, ...(input.events ?? [])]);
				if (!isElsewhere) return input;
				// A place that the type does not have is refused only in the body.
				const place = { [placeOf(type)]: before[placeOf(type)], ...input };
				return { ...input, ...allowedPlace(ctx, type, place) };
			},
			condition,
		);
	},
};

function requireReadable(ctx: Ctx, events: readonly string[]): void {
	for (const event of notificationEventNames)
		if (events.includes(event)) requireScope(ctx.caller, notificationEvents[event].scope);
}

/** The URL or the address, whichever the type has, and null for the other. */
function allowedPlace(ctx: Ctx, type: string, { url, address }: Place): Required<Place> {
	const needed = placeOf(type);
	if (needed === "address") {
		if (!canSendEmail(ctx.env))
			throw badRequest("type", "This server can't send e-mails; choose another type.");
		if (url) throw badRequest("url", `A target of the type ${type} has an address instead.`);
		if (!address) throw missing(needed, type);
		return { url: null, address };
	}
	if (address) throw badRequest("address", `A target of the type ${type} has a URL instead.`);
	if (!url) throw missing(needed, type);
	return { url: acceptedTarget(url, sendingRules(ctx.env), ctx.host), address: null };
}

const missing = (path: string, type: string) => badRequest(path, `Required for the type ${type}.`);
