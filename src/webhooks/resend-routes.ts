// The endpoints that send deliveries again.
import { ifMatch } from "../http/conditions.ts";
import { type Endpoint, endpoint } from "../http/endpoint.ts";
import { perform } from "../http/write.ts";
import { identities } from "../identities.ts";
import { ofDelivery } from "./log-routes.ts";
import { Delivery, Recover, Recovered } from "./log-schema.ts";
import { recover, redeliver } from "./resend.ts";

const again = endpoint(
	{
		...ofDelivery,
		method: "post",
		path: "/webhooks/{id}/deliveries/{deliveryId}/redeliver",
		scope: "webhooks:write",
		operationId: "redeliver",
		summary: "Send a delivery again",
		description:
			"One attempt now, under the same id, whatever the delivery's status and also while the webhook is disabled; while another attempt is under way, right after it. Its success ends a pending schedule.",
		message: "Redelivery accepted",
		answers: { 202: { description: "On its way.", schema: Delivery } },
	},
	({ ctx, ids: { id = "", deliveryId = "" } }) =>
		perform(
			ctx,
			() => redeliver(ctx, id, deliveryId),
			(found) => ({ status: 202, body: found }),
		),
);

const recoverAll = endpoint(
	{
		method: "post",
		path: "/webhooks/{id}/recover",
		scope: "webhooks:write",
		tag: ofDelivery.tag,
		operationId: "recoverDeliveries",
		summary: "Recover failed deliveries",
		description:
			"Runs the schedule anew for each delivery that was made in a window and failed, or was skipped because the webhook was disabled; at most 10,000 at once, the oldest first. Those that succeeded since are left out, and so are test sends.",
		message: "Recovery accepted",
		ids: { id: identities.webhooks },
		body: Recover,
		conditional: true,
		answers: { 202: { description: "On their way.", schema: Recovered } },
	},
	({ ctx, ids: { id = "" }, body, request }) =>
		perform(
			ctx,
			() => recover(ctx, id, body, ifMatch(request)),
			(recovered) => ({ status: 202, body: recovered }),
		),
);

export const resendEndpoints: readonly Endpoint[] = [again, recoverAll];
