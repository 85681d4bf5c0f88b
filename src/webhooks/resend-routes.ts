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
			"Makes one attempt now, with the same id, whatever the status of the delivery, and even if the webhook is disabled. If another attempt is running, it is made right after that. A success ends a pending schedule.",
		message: "Redelivery accepted",
		answers: { 202: { description: "Accepted.", schema: Delivery } },
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
			"Starts the schedule again for each delivery that was created in a period and failed, or was skipped because the webhook was disabled; at most 10,000 at once, oldest first. Deliveries that have succeeded since and test sends are left out.",
		message: "Recovery accepted",
		ids: { id: identities.webhooks },
		body: Recover,
		conditional: true,
		answers: { 202: { description: "Accepted.", schema: Recovered } },
	},
	({ ctx, ids: { id = "" }, body, request }) =>
		perform(
			ctx,
			() => recover(ctx, id, body, ifMatch(request)),
			(recovered) => ({ status: 202, body: recovered }),
		),
);

export const resendEndpoints: readonly Endpoint[] = [again, recoverAll];
